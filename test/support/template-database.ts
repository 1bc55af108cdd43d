import { createHash } from 'node:crypto'
import { Client } from 'pg'
import { inject } from 'vitest'
import { createDatabase, type TestDatabase } from './database.ts'
import type { TestServer } from './server.ts'

/**
 * A database as `make` leaves it. The first of a run who asks for these `terms` on a server has it made, and everybody gets a copy,
 * which takes a tenth of a second: what does not depend on the terms must not be in it.
 */
export async function copyOfTemplate(
  terms: readonly unknown[],
  make: (database: TestDatabase) => Promise<void>,
  server: TestServer = inject('postgres'),
): Promise<TestDatabase> {
  const template = nameOf(terms)
  const { host, port, user, password } = server
  const client = new Client({ host, port, user, password, database: 'postgres', ssl: false })
  await client.connect()
  try {
    // Test files run in several processes.
    await client.query('select pg_advisory_lock(hashtext($1))', [template])
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template])
    if (rowCount === 0) {
      const { database } = await made(server, make)
      await close(client, database)
      await client.query(`alter database ${database} rename to ${template}`)
    }
  } finally {
    await client.end()
  }
  return createDatabase(server, template)
}

/** A server that outlives the run keeps its templates. */
function nameOf(terms: readonly unknown[]): string {
  const text = JSON.stringify([inject('runDirectory'), ...terms])
  return `template_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
}

async function made(server: TestServer, make: (database: TestDatabase) => Promise<void>): Promise<TestDatabase> {
  const database = await createDatabase(server)
  await make(database)
  return database
}

/** Nobody may be in a template, and TimescaleDB's workers look into every database that lets them. */
async function close(client: Client, database: string): Promise<void> {
  await client.query(`alter database ${database} allow_connections false`)
  await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [database])
}
