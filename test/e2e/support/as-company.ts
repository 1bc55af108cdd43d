import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { QueryResultRow } from 'pg'
import type { TestDatabase } from '../../support/database.ts'
import { secretsDirectory } from './given.ts'

/**
 * Runs one statement as the shared role under a signed context. The token is put together here from what dbsvc.verify documents,
 * so that dbsvc's own signing is not what shows that dbsvc is right.
 */
export async function asCompany<Row extends QueryResultRow>(
  database: TestDatabase,
  { company, user = '', directory = secretsDirectory() }: { company: string; user?: string; directory?: string },
  sql: string,
): Promise<Row[]> {
  const client = await database.connect('database_service_role', await servicePassword(directory))
  try {
    const { rows: sessions } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    await client.query('begin')
    await client.query('select dbsvc.enter($1)', [
      await sign(directory, [
        base64url(database.database),
        company,
        base64url(user),
        base64url('e2e'),
        '5000',
        '2000',
        '4096',
        '0',
        'w',
        String(sessions[0]?.pid),
        String(Date.now() + 10_000),
      ]),
    ])
    const { rows } = await client.query<Row>(sql)
    await client.query('commit')
    return rows
  } finally {
    await client.end()
  }
}

export function servicePassword(directory: string = secretsDirectory()): Promise<string> {
  return readFile(join(directory, 'postgres-main-service-password'), 'utf8')
}

async function sign(directory: string, claims: readonly string[]): Promise<string> {
  const file = JSON.parse(await readFile(join(directory, 'postgres-main-context-keys'), 'utf8')) as {
    current: string
    keys: Record<string, string>
  }
  const body = ['1', file.current, ...claims].join('.')
  const key = Buffer.from(file.keys[file.current] ?? '', 'base64')
  return `${body}.${createHmac('sha256', key).update(body).digest('hex')}`
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url')
