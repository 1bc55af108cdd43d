import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { shippedPath } from '../shipped.ts'

/** One file of a new project. */
export interface TemplateFile {
  /** Relative to the project, with `/`. */
  readonly path: string
  readonly content: Buffer
}

const folder = join(shippedPath('templates'), 'project')

/** The files of a new project, in alphabetical order. */
export async function readProjectTemplate(): Promise<TemplateFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const templates = files.map(async (file) => ({ path: projectPath(file), content: await readFile(file) }))
  return (await Promise.all(templates)).toSorted((left, right) => (left.path < right.path ? -1 : 1))
}

/** A leading `_` stands for a dot: npm leaves `.gitignore` out of packages. */
function projectPath(file: string): string {
  const names = relative(folder, file).split(sep)
  return names.map((name) => name.replace(/^_/, '.')).join('/')
}
