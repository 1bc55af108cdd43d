import { randomBytes } from 'node:crypto'
import { chmod, cp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { mendPackage, type programs } from './mend-package.ts'
import type { NativePackage } from './native-package.ts'
import { makeReachable } from './place.ts'
import { mayReach, type SystemUser } from './system-user.ts'

/** Absolute paths of PostgreSQL's programs. */
export type Binaries = Readonly<Record<(typeof programs)[number], string>>

/**
 * The package's programs, ready to be run by `user` (null: by this process's own).
 * Where its folder is incomplete and read-only, or out of the user's reach, they are copied to `copies`, once per version.
 */
export async function prepareBinaries(
  source: NativePackage,
  copies: string,
  user: SystemUser | null,
): Promise<Binaries> {
  const usable = (await canBeMended(source)) && (user === null || (await isReachable(source.directory, user)))
  return binariesIn(usable ? source.directory : await copyPackage(source, copies))
}

function binariesIn(directory: string): Binaries {
  const bin = join(directory, 'native', 'bin')
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') }
}

async function canBeMended(source: NativePackage): Promise<boolean> {
  try {
    await mendPackage(source.directory)
    return true
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}

async function isReachable(directory: string, user: SystemUser): Promise<boolean> {
  const paths = [
    ...Object.values(binariesIn(directory)),
    join(directory, 'native', 'lib'),
    join(directory, 'native', 'share'),
  ]
  const reached = await Promise.all(paths.map((path) => mayReach(user, path)))
  return reached.every(Boolean)
}

async function copyPackage(source: NativePackage, copies: string): Promise<string> {
  await makeReachable(copies)
  const copy = join(copies, source.label)
  if (await exists(copy)) return copy
  const draft = `${copy}.${randomBytes(6).toString('hex')}`
  try {
    await cp(join(source.directory, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true })
    await mendPackage(draft)
    await openToAll(draft)
    await rename(draft, copy)
  } catch (error) {
    // Another process may have been first; a folder that appears under its final name is complete.
    if (!(await exists(copy))) throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return copy
}

async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755)
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue
    const path = join(entry.parentPath, entry.name)
    const { mode } = await stat(path)
    await chmod(path, entry.isDirectory() ? 0o755 : (mode & 0o100) === 0 ? 0o644 : 0o755)
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
