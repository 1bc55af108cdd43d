import { randomBytes } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { findProcess } from './process.ts'

export interface FileLock {
  /** Lets the next one in. May be called more than once. */
  release(): Promise<void>
}

/**
 * Makes `file` the lock of this process; that of a process that is gone is taken over. Its folder must be there.
 * @returns the pid of the process that holds it, this one included
 */
export async function tryLockFile(file: string): Promise<FileLock | number> {
  const holder = await acquire(file, `${process.pid} ${(await findProcess(process.pid))?.startedAt ?? ''}\n`)
  if (holder !== null) return holder
  let held = true
  return {
    async release() {
      if (!held) return
      held = false
      await rm(file, { force: true })
    },
  }
}

/** Does the work while `file` is the lock of this caller alone, other callers in this process included. @throws where it is not to be had for `waitMs` */
export async function withFileLock<T>(file: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + waitMs
  for (;;) {
    const lock = await tryLockFile(file)
    if (typeof lock !== 'number') {
      try {
        return await work()
      } finally {
        await lock.release()
      }
    }
    if (performance.now() > deadline) throw new Error(`process ${lock} has held ${file} for ${waitMs / 1000} s`)
    await delay(10)
  }
}

/** Returns null when the lock is ours now, else the pid of the process that holds it. */
async function acquire(file: string, own: string): Promise<number | null> {
  // A link or a rename shows the file with its content; nobody ever reads a lock that is half written.
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, own, { flag: 'wx', mode: 0o600 })
  try {
    for (;;) {
      if (await tryLink(draft, file)) return null
      const found = await readLock(file)
      if (found === null) continue
      const holder = await findHolder(found)
      if (holder !== null) return holder
      if (await takeOver(file, found, draft, own)) return null
      await delay(20)
    }
  } finally {
    await rm(draft, { force: true })
  }
}

/** Replaces a stale lock. A second lock, around that alone, keeps two from replacing it after each other and both believing it is theirs. */
async function takeOver(file: string, stale: string, draft: string, own: string): Promise<boolean> {
  const guard = `${file}.takeover`
  if ((await acquire(guard, own)) !== null) return false
  try {
    if ((await readLock(file)) !== stale) return false
    await rename(draft, file)
    return true
  } finally {
    await rm(guard, { force: true })
  }
}

async function tryLink(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function readLock(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}

/** The pid in a lock, or null when its process is gone. Pids repeat, in containers at every start, so the start time counts too. */
async function findHolder(content: string): Promise<number | null> {
  const [, pid, startedAt] = /^(\d+) (.*)\n$/.exec(content) ?? []
  if (pid === undefined) return null
  const running = await findProcess(Number(pid))
  return running !== null && running.startedAt === startedAt ? Number(pid) : null
}
