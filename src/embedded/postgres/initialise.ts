import { randomBytes } from 'node:crypto'
import { chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { cleanEnvironment } from './environment.ts'
import type { Place } from './place.ts'
import type { SystemUser } from './system-user.ts'

/**
 * Makes the data folder where there is none. Returns the superuser's password, which `<home>/password` keeps.
 * Data whose password is gone, as when the project's folder was removed but its data are elsewhere, is kept as `data.previous`.
 */
export async function initialise(place: Place, binaries: Binaries, signal?: AbortSignal): Promise<string> {
  const data = join(place.dataHome, 'data')
  const file = join(place.home, 'password')
  const known = await readFile(file, 'utf8').catch(unlessMissing)
  const hasData = await stat(data).catch(unlessMissing)
  if (known !== null && hasData !== null) return known
  await removeDrafts(place.dataHome)
  if (hasData !== null) await setAside(data)
  const password = known ?? randomBytes(24).toString('base64url')
  if (known === null) await writePassword(file, password)
  await makeData(data, password, place.user, binaries, signal)
  return password
}

/** A draft renamed into place: a run of initdb that was killed never leaves a folder that a server would start on. */
async function makeData(
  data: string,
  password: string,
  user: SystemUser | null,
  binaries: Binaries,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { execa } = await import('execa')
  const draft = `${data}.draft-${randomBytes(6).toString('hex')}`
  const passwordFile = `${draft}.password`
  try {
    await mkdir(draft, { mode: 0o700 })
    await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' })
    if (user !== null) for (const path of [draft, passwordFile]) await chown(path, user.uid, user.gid)
    await execa(
      binaries.initdb,
      [
        `--pgdata=${draft}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--data-checksums',
        '--no-instructions',
      ],
      {
        ...user,
        cwd: '/',
        ...cleanEnvironment,
        detached: true,
        ...(signal === undefined ? {} : { cancelSignal: signal }),
      },
    )
    await rename(draft, data)
  } finally {
    await rm(draft, { recursive: true, force: true })
    await rm(passwordFile, { force: true })
  }
}

async function writePassword(file: string, password: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, password, { mode: 0o600, flag: 'wx', flush: true })
  await rename(draft, file)
}

async function removeDrafts(dataHome: string): Promise<void> {
  for (const name of await readdir(dataHome)) {
    // A killed dbsvc may have left initdb running, which goes on writing for a moment.
    if (name.startsWith('data.draft-')) await rm(join(dataHome, name), { recursive: true, force: true, maxRetries: 5 })
  }
}

async function setAside(data: string): Promise<void> {
  const previous = `${data}.previous`
  await rm(previous, { recursive: true, force: true })
  await rename(data, previous)
}

function unlessMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
