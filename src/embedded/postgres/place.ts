import { createHash } from 'node:crypto'
import { chmod, mkdir, realpath, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { findServerUser, mayReach, type SystemUser } from './system-user.ts'

/** Where the files of one embedded PostgreSQL are, and who owns its data. */
export interface Place {
  /** `<directory>/postgres`: password, log, port. */
  readonly home: string
  /** Holds `data`: the home, unless the server's user cannot reach that. */
  readonly dataHome: string
  /** Holds copies of the binaries where those of the package cannot be used. */
  readonly copies: string
  /** The user the server runs as; null is the user of this process. */
  readonly user: SystemUser | null
}

const systemRoot = '/var/lib/dbsvc'

/** Makes the folders. They stay root's when root runs this: a folder of the server's user would let it plant links for root to follow. */
export async function preparePlace(directory: string): Promise<Place> {
  const home = join(directory, 'postgres')
  await mkdir(home, { recursive: true })
  const user = await findServerUser()
  if (user === null) return { home, dataHome: home, copies: home, user }
  const dataHome = (await mayReach(user, home)) ? home : await prepareElsewhere(home)
  return { home, dataHome, copies: systemRoot, user: await ownerOf(join(dataHome, 'data'), user) }
}

async function prepareElsewhere(home: string): Promise<string> {
  const real = await realpath(home)
  const project = basename(dirname(dirname(real))).replace(/[^A-Za-z0-9_-]/g, '') || 'project'
  const dataHome = join(systemRoot, `${project}-${createHash('sha256').update(real).digest('hex').slice(0, 10)}`)
  await makeReachable(systemRoot)
  await makeReachable(dataHome)
  await writeFile(join(home, 'README'), readme(dataHome))
  return dataHome
}

/** Whatever the umask is: the server's user has to pass through. */
export async function makeReachable(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  await chmod(directory, 0o755)
}

/** Data that another user already owns can be served only by that user. */
async function ownerOf(data: string, otherwise: SystemUser): Promise<SystemUser> {
  const owner = await stat(data).catch(() => null)
  return owner === null || owner.uid === 0 ? otherwise : { uid: owner.uid, gid: owner.gid }
}

const readme = (dataHome: string): string => `The data of this embedded PostgreSQL is in

  ${dataHome}

dbsvc was started by root. PostgreSQL does not run as root, and the user it runs as cannot enter this folder.
When this folder is removed, the next start begins with an empty database and keeps the old one there as data.previous.
`
