import { randomBytes } from 'node:crypto'
import { chown, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { Client } from 'pg'
import { inject } from 'vitest'
import { findFreePort, host } from '../../src/embedded/free-ports.ts'
import { waitUntilReady } from '../../src/embedded/postgres/readiness.ts'
import { type ServerProcess, spawnServer } from '../../src/embedded/postgres/server.ts'
import { logins } from '../../src/engines/postgres/logins.ts'
import type { TestServer } from './server.ts'

export interface TimescaleServer extends TestServer {
  stop(): Promise<void>
}

const tree = fileURLToPath(new URL('../../.engines/timescaledb', import.meta.url))

const settings: Readonly<Record<string, string>> = {
  listen_addresses: host,
  unix_socket_directories: '',
  shared_preload_libraries: 'timescaledb',
  'timescaledb.telemetry_level': 'off',
  // The tree's /dev/shm belongs to root.
  dynamic_shared_memory_type: 'mmap',
  fsync: 'off',
  max_locks_per_transaction: '512',
}

/**
 * The server at DBSVC_TEST_TIMESCALE_URL, which goes on running, or TimescaleDB on PostgreSQL 17 with empty data in a chroot. Throws
 * where that is not installed: see `describeEngine`.
 */
export async function startTimescale(): Promise<TimescaleServer> {
  const url = inject('engines').find(({ name }) => name === 'timescaledb')?.url ?? null
  return url === null ? startInstalled() : { ...serverAt(url), stop: async () => {} }
}

function serverAt(url: string): TestServer {
  const { hostname, port, username, password } = new URL(url)
  return {
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username) || 'postgres',
    password: decodeURIComponent(password),
  }
}

/**
 * Takes the passwords of dbsvc's logins away on a server that was given: they are those of an earlier run, which nobody knows any more,
 * and dbsvc rightly leaves them alone.
 */
export async function forgetPasswords(url: string): Promise<void> {
  const client = new Client({ ...serverAt(url), database: 'postgres', ssl: false })
  await client.connect()
  try {
    for (const { role } of logins) {
      await client.query(
        `do $$ begin alter role ${role} password null; exception when undefined_object then null; end $$`,
      )
    }
  } finally {
    await client.end()
  }
}

async function startInstalled(): Promise<TimescaleServer> {
  const data = `/tmp/dbsvc-test-${randomBytes(6).toString('hex')}`
  const password = randomBytes(12).toString('hex')
  const remove = (): Promise<void> => rm(join(tree, data), { recursive: true, force: true })
  try {
    await initialise(data, password)
    const port = await findFreePort()
    const server = await startServer(data, port)
    await waitForServer(server, port, password, data)
    return {
      host,
      port,
      user: 'postgres',
      password,
      async stop() {
        await server.stop('immediate')
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

async function initialise(data: string, password: string): Promise<void> {
  const passwordFile = `${data}.password`
  const inTree = join(tree, passwordFile)
  await writeFile(inTree, password, { mode: 0o600 })
  try {
    const { uid, gid } = await serverUser()
    await chown(inTree, uid, gid)
    const options = [
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--no-sync',
    ]
    await execa('chroot', inChroot('initdb', ['--pgdata', data, ...options]), { env: { LC_ALL: 'C.UTF-8' } })
  } finally {
    await rm(inTree)
  }
}

async function startServer(data: string, port: number): Promise<ServerProcess> {
  const all = Object.entries({ ...settings, port: String(port) })
  const args = inChroot('postgres', ['-D', data, ...all.flatMap(([name, value]) => ['-c', `${name}=${value}`])])
  return spawnServer('/usr/sbin/chroot', args, null, join(tree, data, 'log'))
}

async function waitForServer(server: ServerProcess, port: number, password: string, data: string): Promise<void> {
  const ended = new AbortController()
  void server.exited.then(() => ended.abort())
  try {
    if (await waitUntilReady(port, password, ended.signal)) return
    throw new Error(`TimescaleDB did not start:\n${await readFile(join(tree, data, 'log'), 'utf8')}`)
  } catch (error) {
    await server.stop('immediate')
    throw error
  }
}

function inChroot(program: string, args: readonly string[]): string[] {
  return ['--userspec=postgres:postgres', tree, `/usr/lib/postgresql/17/bin/${program}`, ...args]
}

async function serverUser(): Promise<{ uid: number; gid: number }> {
  const passwd = await readFile(join(tree, 'etc', 'passwd'), 'utf8')
  const [, uid, gid] = /^postgres:[^:]*:(\d+):(\d+):/m.exec(passwd) ?? []
  return { uid: Number(uid), gid: Number(gid) }
}
