import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DbsvcError } from '../core/errors/error.ts'
import { findProcess } from './process.ts'

export interface FolderLock {
  readonly file: string
  /** Lets the next one in. May be called more than once. */
  release(): Promise<void>
}

/**
 * Makes this process the only one that runs embedded engines in `directory`, through `<directory>/dev.lock`.
 * The lock of a process that is gone is taken over. Throws DBS-1703 while its holder lives, this process included.
 */
export async function lockFolder(directory: string): Promise<FolderLock> {
  await mkdir(directory, { recursive: true })
  const file = join(directory, 'dev.lock')
  const own = `${process.pid} ${(await findProcess(process.pid))?.startedAt ?? ''}\n`
  while (!(await create(file, own))) {
    const found = await readFile(file, 'utf8').catch(() => null)
    if (found === null) continue
    const holder = await findHolder(found)
    if (holder !== null) throw DbsvcError.of('DBS-1703', { directory, pid: holder })
    await removeStale(file, found)
  }
  let held = true
  return {
    file,
    async release() {
      if (!held) return
      held = false
      await rm(file, { force: true })
    },
  }
}

/** A link appears with its content, so that nobody ever reads a lock that is half written. */
async function create(file: string, content: string): Promise<boolean> {
  const draft = temporaryName(file)
  await writeFile(draft, content, { flag: 'wx' })
  try {
    await link(draft, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/** The pid in a lock, or null when its process is gone. Pids repeat, in containers at every start, so the start time counts too. */
async function findHolder(content: string): Promise<number | null> {
  const [, pid, startedAt] = /^(\d+) (.*)\n$/.exec(content) ?? []
  if (pid === undefined) return null
  const running = await findProcess(Number(pid))
  return running !== null && running.startedAt === startedAt ? Number(pid) : null
}

/** Renaming tells whether the lock is still the stale one that was read; one that another process just made is put back. */
async function removeStale(file: string, stale: string): Promise<void> {
  const aside = temporaryName(file)
  try {
    await rename(file, aside)
  } catch {
    return
  }
  if ((await readFile(aside, 'utf8')) !== stale) await link(aside, file).catch(() => {})
  await rm(aside, { force: true })
}

function temporaryName(file: string): string {
  return `${file}.${randomBytes(6).toString('hex')}`
}
