import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

/** Absolute. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Files that git has or would take, relative to the root. */
export async function trackedFiles(): Promise<string[]> {
  const { stdout } = await execa('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root })
  return stdout.split('\0').filter((path) => path !== '' && existsSync(join(root, path)))
}

/** The text of a file of the repository, '' where there is none. */
export async function textOf(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8').catch(() => '')
}
