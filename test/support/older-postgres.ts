import { randomBytes } from 'node:crypto'
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { findFreePort, host } from '../../src/embedded/free-ports.ts'
import { prepareBinaries } from '../../src/embedded/postgres/binaries.ts'
import { cleanEnvironment } from '../../src/embedded/postgres/environment.ts'
import { preparePlace } from '../../src/embedded/postgres/place.ts'
import { waitUntilReady } from '../../src/embedded/postgres/readiness.ts'
import { spawnServer } from '../../src/embedded/postgres/server.ts'
import { engineFinding } from './engines.ts'
import type { TestServer } from './server.ts'
import { ownDirectory } from './shared-server.ts'

export const olderVersions = ['postgres-15', 'postgres-16'] as const

export type OlderVersion = (typeof olderVersions)[number]

export interface OlderPostgres extends TestServer {
  stop(): Promise<void>
}

const settings = { fsync: 'off', max_locks_per_transaction: '512', unix_socket_directories: '', listen_addresses: host }

/** A server of this version with empty data, of one's own. Throws where it is not installed: see `describeEngine`. */
export async function startOlderPostgres(name: OlderVersion): Promise<OlderPostgres> {
  const installed = fileURLToPath(new URL(`../../.engines/${name}`, import.meta.url))
  const place = await preparePlace(await ownDirectory(name))
  const label = `${name}.${engineFinding(name).version}`
  const binaries = await prepareBinaries({ directory: installed, label }, place.copies, place.user)
  const data = join(place.dataHome, 'data')
  const password = randomBytes(12).toString('hex')
  const passwordFile = `${data}.password`
  await mkdir(data, { mode: 0o700 })
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (place.user !== null) for (const path of [data, passwordFile]) await chown(path, place.user.uid, place.user.gid)
  // These know neither the provider of locales nor the checksums that `dbsvc dev` asks for.
  const options = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync']
  await execa(binaries.initdb, [`--pgdata=${data}`, `--pwfile=${passwordFile}`, ...options], {
    ...place.user,
    ...cleanEnvironment,
    cwd: '/',
  })
  await rm(passwordFile)
  const port = await findFreePort()
  const log = join(place.home, 'log')
  const given = Object.entries({ ...settings, port: String(port) }).flatMap(([key, value]) => ['-c', `${key}=${value}`])
  const server = await spawnServer(binaries.postgres, ['-D', data, ...given], place.user, log)
  const ended = new AbortController()
  void server.exited.then(() => ended.abort())
  if (!(await waitUntilReady(port, password, ended.signal)))
    throw new Error(`${name} did not start:\n${await readFile(log, 'utf8')}`)
  return {
    host,
    port,
    user: 'postgres',
    password,
    async stop() {
      await server.stop('immediate')
      if (place.dataHome !== place.home) await rm(place.dataHome, { recursive: true, force: true })
    },
  }
}
