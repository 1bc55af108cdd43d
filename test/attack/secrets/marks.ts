import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll } from 'vitest'

/** Secrets by their names, with values that are nowhere else, and where any of them was found. */
export interface Marks {
  readonly secrets: Record<string, string>
  readonly found: readonly string[]
  /** @param except names of secrets that may be there */
  look(where: string, text: string, except?: readonly string[]): void
  /** Looks into every file below the folder, but for those of `except`. */
  lookInFiles(folder: string, except?: readonly string[]): Promise<void>
  /** Looks, until the test file ends, at what everybody on the machine can read of every process. */
  watchProcesses(): void
}

export const mark = (name: string): string => `mark-${name}-${Math.random().toString(36).slice(2, 12)}`

/** As it is, and as it may be written in a URL or a header. */
const spellings = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  ...['', 'x', 'xx'].map((before) => Buffer.from(`${before}${secret}`).toString('base64').slice(4, -4)),
]

export function createMarks(secrets: Record<string, string>): Marks {
  const found: string[] = []
  let watching = true
  const marks: Marks = {
    secrets,
    found,
    look(where, text, except = []) {
      for (const [name, secret] of Object.entries(secrets)) {
        if (except.includes(name)) continue
        if (spellings(secret).some((spelling) => text.includes(spelling))) found.push(`${name} in ${where}`)
      }
    },
    async lookInFiles(folder, except = []) {
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name)
        if (!entry.isFile() || except.some((each) => path.startsWith(each))) continue
        marks.look(path, await readFile(path, 'latin1'))
      }
    },
    watchProcesses() {
      const watch = async (): Promise<void> => {
        while (watching) {
          for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
            marks.look('argv', await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))
          }
          await wait(50)
        }
      }
      void watch()
      afterAll(() => {
        watching = false
      })
    },
  }
  return marks
}
