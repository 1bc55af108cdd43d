import { lstat, mkdir, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DbsvcError, reasonOf } from '../core/errors/error.ts'
import { readProjectTemplate, type TemplateFile } from './project-template.ts'

export interface InitializedProject {
  /** Absolute. */
  readonly directory: string
  /** Files that were written, relative to the directory, with `/`. */
  readonly written: readonly string[]
  /** Files that were there before and are as they were. */
  readonly kept: readonly string[]
}

/**
 * Writes a new project to `directory`, which is made where it does not exist. Never overwrites a file.
 * Throws DBS-1801 where it cannot write all that is missing; what it wrote until then is removed again.
 */
export async function initProject(directory: string): Promise<InitializedProject> {
  const template = await readProjectTemplate()
  const undo: (() => Promise<void>)[] = []
  try {
    const kept = await existingFiles(directory, template)
    const written: string[] = []
    for (const file of template.filter(({ path }) => !kept.includes(path))) {
      const target = join(directory, file.path)
      await makeFolder(dirname(target), undo)
      await writeFile(target, file.content, { flag: 'wx' })
      undo.push(() => rm(target, { force: true }))
      written.push(file.path)
    }
    return { directory, written, kept }
  } catch (error) {
    for (const step of undo.toReversed()) await step().catch(() => {})
    throw DbsvcError.of('DBS-1801', { directory, reason: reasonOf(error) }, error)
  }
}

/** Looks at every place before the first file is written, so that what is in the way is found while nothing is done. */
async function existingFiles(directory: string, template: readonly TemplateFile[]): Promise<string[]> {
  const existing: string[] = []
  const folders = new Set(template.map(({ path }) => dirname(join(directory, path))))
  for (const folder of [directory, ...folders]) await requireFolder(folder)
  for (const { path } of template) {
    const found = await absentAsNull(() => lstat(join(directory, path)))
    if (found?.isDirectory()) throw new Error(`${path} is a folder`)
    if (found !== null) existing.push(path)
  }
  return existing
}

/** Where there is nothing yet, the nearest thing above has to be a folder. */
async function requireFolder(path: string): Promise<void> {
  const found = await absentAsNull(() => stat(path))
  if (found === null) await requireFolder(dirname(path))
  else if (!found.isDirectory()) throw new Error(`${path} is a file`)
}

async function makeFolder(path: string, undo: (() => Promise<void>)[]): Promise<void> {
  const found = await absentAsNull(() => stat(path))
  if (found !== null) return
  await makeFolder(dirname(path), undo)
  await mkdir(path)
  undo.push(() => rmdir(path))
}

async function absentAsNull<T>(action: () => Promise<T>): Promise<T | null> {
  try {
    return await action()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error
  }
}
