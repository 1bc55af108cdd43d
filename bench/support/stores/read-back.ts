import { createHash } from 'node:crypto'
import { configSchema } from '../../../src/config/schema.ts'
import { withClient } from '../database.ts'
import type { StoresProject } from './project.ts'
import type { BenchStore } from './servers.ts'

/** What stands there, read after everything: active companies, and the checksum of what each engine has of them. */
export interface ReadBack {
  readonly companies: number
  /** SHA-256, the first 16 digits, of the sorted ids that have a place, by engine. */
  readonly checksums: Readonly<Record<string, string>>
}

/** @throws when an engine lacks a company that PostgreSQL has as active */
export async function readBack({ database }: StoresProject, stores: readonly BenchStore[]): Promise<ReadBack> {
  const active = await withClient(database, async (client) => {
    const { rows } = await client.query<{ company: string }>(
      `select company_id as company from dbsvc.companies where state = 'active' order by 1`,
    )
    return rows.map(({ company }) => company)
  })
  const checksums: Record<string, string> = { postgres: checksumOf(active) }
  for (const { engine, settings } of stores) {
    const store = await engine.connect({
      config: configSchema.parse({ [engine.name]: settings }),
      application: 'bench',
      passwordOf: async () => '',
    })
    const there = new Set(await store.listCompanies())
    await store.close()
    const missing = active.filter((company) => !there.has(company))
    if (missing.length > 0) throw new Error(`${engine.title} lacks ${missing.length} companies, such as ${missing[0]}`)
    checksums[engine.name] = checksumOf(active.filter((company) => there.has(company)))
  }
  return { companies: active.length, checksums }
}

const checksumOf = (companies: readonly string[]): string =>
  createHash('sha256').update(companies.toSorted().join('\n')).digest('hex').slice(0, 16)
