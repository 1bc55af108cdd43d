import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
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
  const holder = await acquire(file, `${process.pid} ${(await findProcess(process.pid))?.startedAt ?? ''}\n`)
  if (holder !== null) throw DbsvcError.of('DBS-1703', { directory, pid: holder })
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

/** Returns null when the lock is ours now, else the pid of the process that holds it. */
async function acquire(file: string, own: string): Promise<number | null> {
  // A link or a rename shows the file with its content; nobody ever reads a lock that is half written.
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, own, { flag: 'wx' })
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
