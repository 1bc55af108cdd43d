import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DbsvcError } from '../core/errors/error.ts'
import { type FileLock, tryLockFile } from '../machine/file-lock.ts'

export interface FolderLock extends FileLock {
  readonly file: string
}

/**
 * Makes this process the only one that runs embedded engines in `directory`, through `<directory>/dev.lock`.
 * The lock of a process that is gone is taken over. Throws DBS-1703 while its holder lives, this process included.
 */
export async function lockFolder(directory: string): Promise<FolderLock> {
  await mkdir(directory, { recursive: true })
  const file = join(directory, 'dev.lock')
  const lock = await tryLockFile(file)
  if (typeof lock === 'number') throw DbsvcError.of('DBS-1703', { directory, pid: lock })
  return { file, ...lock }
}
