import type { Client, QueryResultRow } from 'pg'
import { afterAll } from 'vitest'
import { type KeyRing, openKeyRing } from '../../../src/engines/postgres/context/open-key-ring.ts'
import {
  type ContextPool,
  type ContextPoolOptions,
  openContextPool,
} from '../../../src/engines/postgres/context/pool.ts'
import { type ContextClaims, type SigningKey, signContext } from '../../../src/engines/postgres/context/token.ts'
import type { TestDatabase } from '../../support/database.ts'
import { type InstalledSchema, installSchema, openSchema, provisionCompany } from '../../support/install-schema.ts'
import { copyOfTemplate } from '../../support/template-database.ts'

/** A database with two companies, `alpha` and `beta`, and the ways into it. */
export interface Setting {
  readonly database: TestDatabase
  readonly schema: InstalledSchema
  readonly keyRing: KeyRing
  /** A pool of its own, closed after the test file. */
  openPool(options?: Partial<ContextPoolOptions>): ContextPool
  /** A bare connection as database_service_role, as an attacker inside the service would have. */
  bare(): Promise<Bare>
}

export interface Bare {
  readonly client: Client
  readonly pid: number
  /** A context for this very connection. */
  token(
    claims?: Partial<ContextClaims>,
    binding?: Partial<{ database: string; backendPid: number; expiresAtMs: number }>,
    key?: SigningKey,
  ): string
  rows<Row extends QueryResultRow = QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>
  /** Runs statements in a transaction that was entered, and undoes it. */
  entered<T>(claims: Partial<ContextClaims>, work: () => Promise<T>): Promise<T>
}

export const claimsOf = (company: string, claims: Partial<ContextClaims> = {}): ContextClaims => ({
  company,
  user: null,
  service: 'attack',
  limits: { statementTimeoutMs: 5_000, lockTimeoutMs: 1_000, workMemKb: 4_096, parallelWorkers: 0 },
  mode: 'write',
  ...claims,
})

const pools = new Set<ContextPool>()

afterAll(async () => {
  await Promise.allSettled([...pools].map((pool) => pool.close()))
})

export async function createSetting(): Promise<Setting> {
  const database = await copyOfTemplate(['setting'], async (template) => {
    await installSchema(template)
    await provisionCompany(template, 'alpha')
    await provisionCompany(template, 'beta')
  })
  const schema = await openSchema(database)
  const keyRing = await openKeyRing(schema.keys, schema.cluster)
  return {
    database,
    schema,
    keyRing,
    openPool(options = {}) {
      const { host, port } = database
      const pool = openContextPool({
        host,
        port,
        database: database.database,
        password: schema.servicePassword,
        ssl: false,
        max: 1,
        keyRing,
        ttlMs: 10_000,
        ...options,
      })
      pools.add(pool)
      return pool
    },
    async bare() {
      const client = await database.connect('database_service_role', schema.servicePassword)
      return bareOf(client, database.database, keyRing)
    },
  }
}

async function bareOf(client: Client, database: string, keyRing: KeyRing): Promise<Bare> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const pid = rows[0]?.pid ?? 0
  const token: Bare['token'] = (claims, binding, key = keyRing.current()) =>
    signContext(
      { ...claimsOf('alpha'), ...claims },
      { database, backendPid: pid, expiresAtMs: Date.now() + 10_000, ...binding },
      key,
    )
  return {
    client,
    pid,
    token,
    async rows<Row extends QueryResultRow>(sql: string, values: readonly unknown[] = []) {
      return (await client.query<Row>(sql, [...values])).rows
    },
    async entered(claims, work) {
      await client.query('begin')
      try {
        await client.query('select dbsvc.enter($1)', [token(claims)])
        return await work()
      } finally {
        await client.query('rollback')
      }
    },
  }
}

/** What a promise was rejected with, as the fields tests look at. */
export async function refusal(
  promise: Promise<unknown>,
): Promise<{ code: string; message: string; constraint?: string }> {
  try {
    await promise
  } catch (error) {
    const { code = '', message, constraint } = error as { code?: string; message: string; constraint?: string }
    return { code, message, ...(constraint === undefined ? {} : { constraint }) }
  }
  throw new Error('nothing was refused')
}
