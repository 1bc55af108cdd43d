import { access, constants, readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, parse } from 'node:path'

const code = ['js', 'ts', 'mjs', 'cjs', 'mts', 'cts']
const data = ['json', 'yaml', 'yml']
const resource = ['', ...[...data, ...code].map((suffix) => `.${suffix}`)]
const own = [
  ...resource.map((suffix) => `.dbsvcrc${suffix}`),
  ...[...data, ...code].map((suffix) => `dbsvc.config.${suffix}`),
]

/** cosmiconfig's own places and order, with the suffixes it leaves out of its defaults. */
export const searchPlaces: string[] = ['package.json', ...own, ...resource.map((suffix) => `.config/dbsvcrc${suffix}`)]

/** The last folder to look in: the root of the repository that `cwd` is in, else the home folder. */
export async function searchEnd(cwd: string): Promise<string> {
  for (const folder of foldersUp(cwd)) {
    if (await exists(join(folder, '.git'))) return folder
  }
  return homedir()
}

/**
 * The first configuration file from `cwd` up to `end` that this user may not read, or null.
 * cosmiconfig passes such files over, and dbsvc would go on with defaults, on another database than was meant.
 */
export async function firstForbidden(cwd: string, end: string): Promise<string | null> {
  for (const folder of foldersUp(cwd)) {
    const names = await readdir(folder).catch(() => [])
    for (const name of names.filter((candidate) => own.includes(candidate))) {
      const path = join(folder, name)
      const reason = await access(path, constants.R_OK).catch((error: NodeJS.ErrnoException) => error)
      if (reason?.code === 'EACCES') return path
    }
    if (folder === end) break
  }
  return null
}

function* foldersUp(from: string): Generator<string> {
  const { root } = parse(from)
  for (let folder = from; folder !== root; folder = dirname(folder)) yield folder
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
