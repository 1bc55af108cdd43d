import { dirname, resolve } from 'node:path'
import type { CosmiconfigResult, Loader } from 'cosmiconfig'
import { DbsvcError } from '../core/errors/error.ts'
import { firstForbidden, searchEnd, searchPlaces } from './search.ts'
import { isTree, type Tree } from './tree.ts'
import { unreadable } from './unreadable.ts'

/** A configuration file and what is in it. */
export interface ConfigFile {
  readonly path: string
  readonly settings: Tree
}

/**
 * Reads `file`, or the first configuration that cosmiconfig finds from `cwd` upward: up to the root of the repository,
 * outside of one up to the home folder, and at last in the user's own configuration folder. Null where there is none.
 * Throws DBS-1002 for a file that cannot be read or parsed.
 */
export async function readConfigFile(cwd: string, file: string | undefined): Promise<ConfigFile | null> {
  const path = file === undefined ? undefined : resolve(cwd, file)
  const stopDir = await searchEnd(cwd)
  const result = await loadOrSearch(cwd, path, stopDir)
  if (path === undefined) {
    const forbidden = await firstForbidden(cwd, result === null ? stopDir : dirname(result.filepath))
    if (forbidden !== null) throw DbsvcError.of('DBS-1002', { file: forbidden, reason: 'permission denied' })
    if (result === null) return null
  }
  if (result === null) throw DbsvcError.of('DBS-1002', { file: path ?? cwd, reason: 'it holds no settings for dbsvc' })
  const settings: unknown = result.config ?? {}
  if (!isTree(settings)) {
    throw DbsvcError.of('DBS-1002', { file: result.filepath, reason: 'it holds no settings by name' })
  }
  return { path: result.filepath, settings }
}

async function loadOrSearch(cwd: string, path: string | undefined, stopDir: string): Promise<CosmiconfigResult> {
  const { cosmiconfig, defaultLoaders } = await import('cosmiconfig')
  const yaml = unlessBlank(defaultLoaders['.yaml'])
  try {
    const explorer = cosmiconfig('dbsvc', {
      searchPlaces,
      loaders: { '.yaml': yaml, '.yml': yaml, noExt: yaml },
      // An empty file ends the search too: whoever made it means this folder to be the root of the project.
      ignoreEmptySearchPlaces: false,
      stopDir,
    })
    return path === undefined ? await explorer.search(cwd) : await explorer.load(path)
  } catch (error) {
    // The home folder of another user, as services that change their user keep it in HOME, holds no configuration.
    if (path === undefined && (error as NodeJS.ErrnoException).code === 'EACCES') return null
    throw unreadable(error, path ?? cwd)
  }
}

/** A file of comments only is an empty configuration; js-yaml refuses it. */
function unlessBlank(load: Loader): Loader {
  return (path, content) => {
    const blank = content.split('\n').every((line) => /^\s*(#|$)/.test(line))
    return blank ? {} : load(path, content)
  }
}
