import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import { withFileLock } from '../../machine/file-lock.ts'

/** Secrets as files of one folder, mode 0600. Every method throws DBS-1003 where the folder or a file cannot be used. */
export interface SecretStore {
  /** The secret exactly as written, or null where there is none. Refuses a file that group or others can read. */
  read(name: string): Promise<string | null>
  /** Replaces the secret; readers see the old or the new, never a part. */
  write(name: string, value: string): Promise<void>
  /** Replaces the secret by what `change` makes of it, null where there is none; no other writer comes in between. */
  change(name: string, change: (value: string | null) => string): Promise<void>
  /**
   * The secret, made by `make` where there is none. Of several processes at once one creates it, and all return its
   * value; `make` may have run in the others too.
   */
  create(name: string, make: () => string): Promise<{ readonly value: string; readonly created: boolean }>
  /** Does nothing where there is none. */
  remove(name: string): Promise<void>
  /** Names in alphabetical order. */
  list(): Promise<string[]>
}

export interface SecretFiles extends SecretStore {
  /** Replaces the secret by what `change` makes of it, if anything; nobody else writes meanwhile. @returns whether it was replaced */
  rewrite(name: string, change: (value: string) => string | null): Promise<boolean>
}

// More than one only where another process removes what a third has just created.
const mostAttempts = 10

// A writer holds the lock for two syncs of a disk.
const lockWaitMs = 30_000

/** Opens the store in `directory`, which need not exist; the first secret makes it, mode 0700. Touches nothing itself. */
export function openSecretStore(directory: string): SecretFiles {
  const fileOf = (name: string): string => {
    if (isName(name)) return join(directory, name)
    throw DbsvcError.of('DBS-1003', {
      path: directory,
      reason: `"${name}" is no name of a secret: a-z, 0-9, _, . and -`,
    })
  }

  const read = async (name: string): Promise<string | null> => {
    const path = fileOf(name)
    return guard(path, () => absentAs(null, () => readPrivate(path)))
  }

  const replace = (name: string, path: string, value: string): Promise<void> =>
    withDraft(directory, name, value, (draft) => rename(draft, path))

  return {
    read,
    async write(name, value) {
      const path = fileOf(name)
      await guard(path, () => withLock(directory, () => replace(name, path, value)))
    },
    async change(name, change) {
      const path = fileOf(name)
      await guard(path, () =>
        withLock(directory, async () => {
          await replace(name, path, change(await absentAs(null, () => readPrivate(path))))
        }),
      )
    },
    async rewrite(name, change) {
      const path = fileOf(name)
      return guard(path, () =>
        withLock(directory, async () => {
          const changed = await absentAs(null, async () => change(await readPrivate(path)))
          if (changed !== null) await replace(name, path, changed)
          return changed !== null
        }),
      )
    },
    async create(name, make) {
      const path = fileOf(name)
      for (let attempt = 0; attempt < mostAttempts; attempt++) {
        const existing = await read(name)
        if (existing !== null) return { value: existing, created: false }
        const value = make()
        // link, unlike rename, fails where the name is taken, so exactly one process wins.
        const place = (draft: string): Promise<boolean> => takenAs(false, () => link(draft, path).then(() => true))
        if (await guard(path, () => withDraft(directory, name, value, place))) return { value, created: true }
      }
      throw DbsvcError.of('DBS-1003', { path, reason: 'the name is taken, but there is nothing to read' })
    },
    async remove(name) {
      const path = fileOf(name)
      // Where there is no folder, none is made for the lock.
      const present = await guard(path, () => absentAs(false, () => stat(path).then(() => true)))
      if (present) await guard(path, () => withLock(directory, () => rm(path, { force: true })))
    },
    async list() {
      const names = await guard(directory, () => absentAs<string[]>([], () => readdir(directory)))
      return names.filter(isName).toSorted()
    },
  }
}

// Long names would leave no room for the draft's suffix in the 255 bytes of a file name.
const isName = (name: string): boolean => /^[a-z0-9_.-]{1,200}$/.test(name) && name !== '.' && name !== '..'

async function readPrivate(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    // Windows has no such bits; Node reports 0666 for every file there.
    const mode = process.platform === 'win32' ? 0 : (await file.stat()).mode & 0o777
    if ((mode & 0o077) !== 0) {
      throw new Error(`group or others can use it (mode ${mode.toString(8).padStart(4, '0')}); chmod 600 ${path}`)
    }
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** Writes `value` beside its place, gives it to `place`, and removes what is left. */
async function withDraft<T>(
  directory: string,
  name: string,
  value: string,
  place: (draft: string) => Promise<T>,
): Promise<T> {
  await makeFolder(directory)
  // `~` is in no secret's name, so a draft that a crash leaves behind is never taken for one.
  const draft = join(directory, `${name}~${randomUUID()}`)
  try {
    await writePrivate(draft, value)
    const result = await place(draft)
    await syncFolder(directory)
    return result
  } finally {
    await rm(draft, { force: true })
  }
}

async function writePrivate(path: string, value: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(value)
    await file.sync()
  } finally {
    await file.close()
  }
}

// `~` is in no secret's name.
async function withLock<T>(directory: string, work: () => Promise<T>): Promise<T> {
  await makeFolder(directory)
  return withFileLock(join(directory, 'lock~'), lockWaitMs, work)
}

/** Only the last folder is private: embedded engines keep theirs beside it and may run as another user. */
async function makeFolder(directory: string): Promise<void> {
  await mkdir(dirname(directory), { recursive: true })
  await takenAs(undefined, () => mkdir(directory, { mode: 0o700 }))
  const { mode } = await stat(directory)
  if (process.platform !== 'win32' && (mode & 0o022) !== 0) {
    throw new Error(`group or others can write there; chmod 700 ${directory}`)
  }
}

async function syncFolder(directory: string): Promise<void> {
  // Windows cannot open folders.
  if (process.platform === 'win32') return
  const folder = await open(directory, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function guard<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    throw DbsvcError.of('DBS-1003', { path, reason: reasonOf(error) }, error)
  }
}

const absentAs = <T>(value: T, action: () => Promise<T>): Promise<T> => insteadOf('ENOENT', value, action)
const takenAs = <T>(value: T, action: () => Promise<T>): Promise<T> => insteadOf('EEXIST', value, action)

async function insteadOf<T>(code: string, value: T, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === code) return value
    throw error
  }
}
