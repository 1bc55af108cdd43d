import { join } from 'node:path'
import type { Client, QueryResult, QueryResultRow } from 'pg'
import { inject } from 'vitest'
import { openSecretStore } from '../../src/config/secret-store.ts'
import { currentKey, readKeyFile } from '../../src/engines/postgres/context/key-file.ts'
import { signContext } from '../../src/engines/postgres/context/token.ts'
import { readServicePassword } from '../../src/engines/postgres/service-password.ts'
import { createDatabase, type TestDatabase } from './database.ts'
import { type DbsvcResult, runDbsvc } from './dbsvc.ts'
import { createProject, type TestProject } from './project.ts'
import type { TestServer } from './server.ts'

/** Whom statements are run for. */
export interface Caller {
  readonly company: string
  readonly user?: string
}

/** A cluster with a schema in it, company_abc and company_xyz, and a way to work as one of them. */
export interface Cluster {
  readonly database: TestDatabase
  readonly project: TestProject
  /** Runs dbsvc, which must succeed. */
  dbsvc(...args: readonly string[]): Promise<DbsvcResult>
  /** Runs one statement as the shared role under a signed context, in a transaction that commits. */
  as<Row extends QueryResultRow>(caller: Caller, sql: string, values?: readonly unknown[]): Promise<QueryResult<Row>>
  /** Runs statements as migrations do, with the search_path of the schema. */
  asOwner(schema: string, sql: string): Promise<void>
}

/** With the schema that ships unless `migrations` are given; `server` is the run's own unless told otherwise. */
export async function createCluster(
  server?: TestServer,
  migrations: Readonly<Record<string, string>> = {},
): Promise<Cluster> {
  const database = await createDatabase(server)
  // The shared role's password belongs to its server.
  const directory = join(inject('runDirectory'), server === undefined ? 'secrets' : `secrets-${server.port}`)
  const project = await createProject({ database, migrations, config: { secrets: { directory } } })
  const store = openSecretStore(directory)
  const dbsvc = async (...args: readonly string[]): Promise<DbsvcResult> => {
    const result = await runDbsvc(args, { cwd: project.directory })
    if (result.exitCode === 0) return result
    throw new Error(`dbsvc ${args.join(' ')} exited with ${result.exitCode}\n${result.stdout}${result.stderr}`)
  }
  await dbsvc('migrate', 'up')
  await dbsvc('tenant', 'create', 'company_abc', 'company_xyz')

  let session: Promise<Client> | undefined
  const enter = async (client: Client, { company, user }: Caller): Promise<void> => {
    const keys = await readKeyFile(store, 'main')
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    if (keys === null) throw new Error('dbsvc has made no context key')
    const token = signContext(
      {
        company,
        user: user ?? null,
        service: 'test',
        mode: 'write',
        limits: { statementTimeoutMs: 30_000, lockTimeoutMs: 5_000, workMemKb: 4_096, parallelWorkers: 0 },
      },
      { database: database.database, backendPid: rows[0]?.pid ?? 0, expiresAtMs: Date.now() + 60_000 },
      currentKey(keys),
    )
    await client.query('select dbsvc.enter($1)', [token])
  }
  return {
    database,
    project,
    dbsvc,
    async as<Row extends QueryResultRow>(caller: Caller, sql: string, values: readonly unknown[] = []) {
      session ??= readServicePassword(store, undefined).then((password) =>
        database.connect('database_service_role', password ?? ''),
      )
      const client = await session
      await client.query('begin')
      try {
        await enter(client, caller)
        const result = await client.query<Row>(sql, [...values])
        await client.query('commit')
        return result
      } catch (error) {
        await client.query('rollback')
        throw error
      }
    },
    async asOwner(schema, sql) {
      await database.query(`begin; set local role dbsvc_owner; set local search_path = ${schema}; ${sql}; commit`)
    },
  }
}
