import { readFile } from 'node:fs/promises'

/** A user of the operating system, by the numbers that processes are started with. */
export interface SystemUser {
  readonly uid: number
  readonly gid: number
}

/** The user a server started by root runs as, because PostgreSQL refuses to be root; null when this process is not root. */
export async function findServerUser(): Promise<SystemUser | null> {
  if (process.getuid?.() !== 0) return null
  const users = parseUsers(await readFile('/etc/passwd', 'utf8'))
  const user = users.get('postgres') ?? users.get('nobody')
  if (user === undefined)
    throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody to run it as')
  return user
}

function parseUsers(passwd: string): Map<string, SystemUser> {
  const users = new Map<string, SystemUser>()
  for (const line of passwd.split('\n')) {
    const [name, , uid, gid] = line.split(':')
    if (name !== undefined && uid !== undefined && gid !== undefined && Number(uid) > 0) {
      users.set(name, { uid: Number(uid), gid: Number(gid) })
    }
  }
  return users
}

/** Whether `user` may run, enter or read `path`. Asked of the system itself, so that access lists and mounts count too. */
export async function mayReach(user: SystemUser, path: string): Promise<boolean> {
  const { execa } = await import('execa')
  const { exitCode } = await execa('/bin/sh', ['-c', 'test -r "$1" && test -x "$1"', 'sh', path], {
    ...user,
    cwd: '/',
    reject: false,
  })
  return exitCode === 0
}
