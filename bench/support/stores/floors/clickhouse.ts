import { createClient } from '@clickhouse/client'
import { configSchema } from '../../../../src/config/schema.ts'
import { readMigrations } from '../../../../src/engines/postgres/migration/folder.ts'
import { shippedMigrations } from '../../project.ts'
import { inLanes } from '../in-lanes.ts'
import type { BenchStore } from '../servers.ts'

/** A database for each company, and in it the statements of the shipped migrations. */
export async function floorOfClickhouse({ engine, settings }: BenchStore, companies: readonly string[]): Promise<void> {
  const { url, user, password } = settings
  const files = await readMigrations(`${shippedMigrations}/clickhouse/tenant`, 'tenant')
  const migrations = await engine.compile(files, new Set(files.map(({ name }) => name)), 'up', configSchema.parse({}))
  const statements = migrations.flatMap(({ steps }) => steps.map(({ text }) => text))
  const credentials = { url: url ?? '', username: user ?? '', password: password ?? '' }
  await inLanes(companies, engine.capabilities.concurrency, async (company) => {
    const database = `tenant_${company}`
    const admin = createClient(credentials)
    await admin.command({ query: `CREATE DATABASE ${database} ENGINE = Atomic` })
    const client = createClient({ ...credentials, database })
    for (const query of statements) await client.command({ query, query_params: { database, company } })
    await Promise.all([admin.close(), client.close()])
  })
}
