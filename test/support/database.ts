import { randomBytes } from 'node:crypto'
import { Client, type QueryResultRow } from 'pg'
import { afterAll, beforeEach, inject } from 'vitest'
import { engineFinding } from './engines.ts'
import type { TestServer } from './server.ts'

/** A database of its own for one test or test file. */
export interface TestDatabase extends TestServer {
  readonly database: string
  /** A new connection, as the superuser unless told otherwise; closed after the test file at the latest. */
  connect(user?: string, password?: string): Promise<Client>
  /** Rows of one statement, run by the superuser on a connection that all calls share. */
  query<Row extends QueryResultRow = QueryResultRow>(sql: string, params?: readonly unknown[]): Promise<Row[]>
}

const open = new Set<Client>()

// Whoever imports this file tests against the run's PostgreSQL, unless `describeEngine` says otherwise.
beforeEach(({ task }) => {
  task.meta.engine ??= engineFinding('postgres')
})

afterAll(async () => {
  await Promise.all([...open].map((client) => client.end()))
})

/**
 * Makes a database, on the run's shared server unless told otherwise: an empty one, or a copy of `template`, to which nobody may be
 * connected. It is never dropped: the server is.
 * An empty one is made of template0, as TimescaleDB's launcher may be in template1.
 */
export async function createDatabase(
  server: TestServer = inject('postgres'),
  template = 'template0',
): Promise<TestDatabase> {
  const database = `test_${randomBytes(6).toString('hex')}`
  const maker = await connect({ ...server, database: 'postgres' })
  await maker.query(`create database ${database} template ${template}`)
  await copyGrants(maker, template, database)
  await maker.end()
  let shared: Promise<Client> | undefined
  return {
    ...server,
    database,
    connect: (user = server.user, password = server.password) => connect({ ...server, user, password, database }),
    async query<Row extends QueryResultRow>(sql: string, params: readonly unknown[] = []) {
      shared ??= connect({ ...server, database })
      const { rows } = await (await shared).query<Row>(sql, [...params])
      return rows
    },
  }
}

/** PostgreSQL copies everything of a template but the rights on the database itself. */
async function copyGrants(client: Client, template: string, database: string): Promise<void> {
  const { rows } = await client.query<{ command: string }>(
    `select format('grant %s on database %I to %s', g.privilege_type, $2::text,
       case g.grantee when 0 then 'public' else g.grantee::regrole::text end) as command
     from pg_database d, aclexplode(d.datacl) g where d.datname = $1`,
    [template, database],
  )
  if (rows.length === 0) return
  await client.query(`revoke all on database ${database} from public`)
  for (const { command } of rows) await client.query(command)
}

async function connect({ host, port, user, password, database }: TestServer & { database: string }): Promise<Client> {
  const client = new Client({ host, port, user, password, database, ssl: false })
  // Without a listener a connection that a test breaks on purpose would end the process.
  client.on('error', () => {})
  await client.connect()
  open.add(client)
  client.once('end', () => open.delete(client))
  return client
}
