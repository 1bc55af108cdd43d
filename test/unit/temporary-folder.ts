import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

export interface TemporaryFolder {
  readonly path: string
  /** Writes a file, its folders included. Returns its absolute path. */
  write(path: string, content: string): Promise<string>
}

/** A folder that looks like the root of a repository, so that no search leaves it; removed when the test ends. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'dbsvc-unit-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  await mkdir(join(path, '.git'))
  return {
    path,
    async write(name, content) {
      const file = join(path, name)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, content)
      return file
    },
  }
}
