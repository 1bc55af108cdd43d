import { join } from 'node:path'
import type { Client, QueryResult, QueryResultRow } from 'pg'
import { inject } from 'vitest'
import { openSecretStore } from '../../src/config/secrets/store.ts'
import { currentKey, readKeyFile } from '../../src/engines/postgres/context/key-file.ts'
import { signContext } from '../../src/engines/postgres/context/token.ts'
import { readPassword, sharedLogin } from '../../src/engines/postgres/logins.ts'
import type { TestDatabase } from './database.ts'
import { type DbsvcResult, runDbsvc } from './dbsvc.ts'
import { createProject, type TestProject } from './project.ts'
import type { TestServer } from './server.ts'
import { copyOfTemplate } from './template-database.ts'

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
  /** What each statement is refused with, an SQLSTATE, or null, in one transaction of which nothing stays. */
  refusals(caller: Caller, statements: readonly string[]): Promise<(string | null)[]>
  /** Runs statements as migrations do, with the search_path of the schema. */
  asOwner(schema: string, sql: string): Promise<void>
}

/** With the schema that ships unless `migrations` are given; `server` is the run's own unless told otherwise. */
export async function createCluster(
  server?: TestServer,
  migrations: Readonly<Record<string, string>> = {},
): Promise<Cluster> {
  // The shared role's password belongs to its server.
  const directory = join(inject('runDirectory'), server === undefined ? 'secrets' : `secrets-${server.port}`)
  const projectOn = (database: TestDatabase): Promise<TestProject> =>
    createProject({ database, migrations, config: { secrets: { directory } } })
  const make = async (template: TestDatabase): Promise<void> => {
    const maker = await projectOn(template)
    await succeed(maker, 'migrate', 'up')
    await succeed(maker, 'tenant', 'create', 'company_abc', 'company_xyz')
  }
  const database = await copyOfTemplate(['cluster', migrations], make, server)
  const project = await projectOn(database)
  const store = openSecretStore(directory)

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
  const connect = (): Promise<Client> => {
    session ??= readPassword(store, sharedLogin, {}).then((password) =>
      database.connect('database_service_role', password ?? ''),
    )
    return session
  }
  return {
    database,
    project,
    dbsvc: (...args) => succeed(project, ...args),
    async refusals(caller, statements) {
      const client = await connect()
      return refusalsOn(client, statements, () => enter(client, caller))
    },
    async as<Row extends QueryResultRow>(caller: Caller, sql: string, values: readonly unknown[] = []) {
      const client = await connect()
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

async function succeed(project: TestProject, ...args: readonly string[]): Promise<DbsvcResult> {
  const result = await runDbsvc(args, { cwd: project.directory })
  if (result.exitCode === 0) return result
  throw new Error(`dbsvc ${args.join(' ')} exited with ${result.exitCode}\n${result.stdout}${result.stderr}`)
}

/** The same on a connection, once it has been entered where that is needed. */
export async function refusalsOn(
  client: Client,
  statements: readonly string[],
  enter: () => Promise<void> = async () => {},
): Promise<(string | null)[]> {
  await client.query('begin')
  try {
    await enter()
    await client.query('savepoint untouched')
    const codes: (string | null)[] = []
    for (const sql of statements) {
      // In one round trip each.
      const code = await client.query(`rollback to savepoint untouched; ${sql}`).then(
        () => null,
        (error: { code: string }) => error.code,
      )
      codes.push(code)
    }
    return codes
  } finally {
    await client.query('rollback')
  }
}
