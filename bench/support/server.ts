import { join } from 'node:path'
import { startEmbeddedPostgres } from '../../src/embedded/postgres/start.ts'
import { type Database, withClient } from './database.ts'

const shownSettings = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'shared_buffers',
  'max_wal_size',
  'max_connections',
  'max_locks_per_transaction',
  'autovacuum',
]

export interface BenchmarkServer {
  readonly pid: number
  readonly logFile: string
  readonly dataDirectory: string
  createDatabase(name: string): Promise<Database>
  /** Writes out what one contender left behind, so that the next does not pay for it. */
  checkpoint(): Promise<void>
  settings(): Promise<Record<string, string>>
  stop(): Promise<void>
}

/** PostgreSQL as `dbsvc dev` starts it, with its default settings but for those given. */
export async function startServer(
  directory: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<BenchmarkServer> {
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'server'), port: 0, settings })
  const { host, port, user, password } = postgres
  const main = { host, port, user, password, database: 'postgres' }
  return {
    pid: postgres.pid,
    logFile: postgres.logFile,
    dataDirectory: postgres.dataDirectory,
    async createDatabase(name) {
      await withClient(main, (client) => client.query(`create database ${name}`))
      return { ...main, database: name }
    },
    checkpoint: () => withClient(main, async (client) => void (await client.query('checkpoint'))),
    settings: () =>
      withClient(main, async (client) => {
        const { rows } = await client.query<{ name: string; value: string }>(
          'select name, current_setting(name) as value from unnest($1::text[]) as name',
          [shownSettings],
        )
        return Object.fromEntries(rows.map(({ name, value }) => [name, value]))
      }),
    stop: () => postgres.stop('immediate'),
  }
}
