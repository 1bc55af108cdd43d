import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runner } from 'node-pg-migrate'
import own from 'node-pg-migrate/package.json' with { type: 'json' }
import { type HandWritten, oneMore, placeSql } from './company-sql.ts'
import type { Contender } from './contender.ts'
import type { Database } from './database.ts'
import { overConnections } from './over-connections.ts'

const shape = { connections: 4, batchSize: 1 }
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/**
 * node-pg-migrate's runner in its fastest use: clients kept, four at once, one transaction per company. Its own lock is one per
 * database, with which a second runner fails, so it is left out.
 */
export async function nodePgMigrate(
  directory: string,
  database: Database,
  shipped: readonly HandWritten[],
  { protections }: { readonly protections: boolean },
): Promise<Contender> {
  const before = join(directory, 'before')
  const after = join(directory, 'after')
  await writeFolder(before, shipped, protections)
  await writeFolder(after, [...shipped, oneMore], protections)

  const migrate = (companies: readonly string[], dir: string, prepare: (company: string) => string): Promise<void> =>
    overConnections(database, shape, companies, async (client, [company = '']) => {
      await client.query(`set role dbsvc_owner; ${prepare(company)}`)
      await runner({
        dbClient: client,
        dir,
        direction: 'up',
        schema: `tenant_${company}`,
        migrationsTable: 'pgmigrations',
        singleTransaction: true,
        noLock: true,
        logger: silent,
      })
    })
  return {
    name: protections ? 'node-pg-migrate' : 'node-pg-migrate, no row security',
    description: `${own.version}, its runner, 4 at once, clients kept, one transaction per company, in process, ${protections ? 'row security written into the files' : 'tables only'}`,
    database,
    provision: (companies) => migrate(companies, before, placeSql),
    rollOut: (companies) => migrate(companies, after, () => ''),
  }
}

async function writeFolder(directory: string, migrations: readonly HandWritten[], protections: boolean): Promise<void> {
  await mkdir(directory, { recursive: true })
  for (const { file, schema, protection } of migrations) {
    const added = protections && protection !== '' ? forWhicheverCompany(protection) : ''
    await writeFile(join(directory, file), `-- Up Migration\n${schema}\n${added}`)
  }
}

/** One file serves all companies, so a policy that names the company takes its name from the schema. */
function forWhicheverCompany(protection: string): string {
  return `do $do$ begin
  execute replace($sql$\n${protection}$sql$, ':company', quote_literal(substr(current_schema(), length('tenant_') + 1)));
end $do$;\n`
}
