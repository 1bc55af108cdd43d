import { runner } from 'node-pg-migrate'
import own from 'node-pg-migrate/package.json' with { type: 'json' }
import type { Database } from '../database.ts'
import { type HandWritten, placeSql } from './company-sql.ts'
import type { Contender } from './contender.ts'
import { overConnections } from './over-connections.ts'
import { peerTable, writePeerFolders } from './peer-files.ts'

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
  const folders = await writePeerFolders(
    directory,
    shipped,
    (schema, protection) => `-- Up Migration\n${schema}\n${protections ? protection : ''}`,
  )
  const migrate = (companies: readonly string[], dir: string, prepare: (company: string) => string): Promise<void> =>
    overConnections(database, shape, companies, async (client, [company = '']) => {
      await client.query(`set role dbsvc_owner; ${prepare(company)}`)
      await runner({
        dbClient: client,
        dir,
        direction: 'up',
        schema: `tenant_${company}`,
        migrationsTable: peerTable,
        singleTransaction: true,
        noLock: true,
        logger: silent,
      })
    })
  return {
    name: protections ? 'node-pg-migrate' : 'node-pg-migrate, no row security',
    description: `${own.version}, its runner, 4 at once, clients kept, one transaction per company, in process, ${protections ? 'row security written into the files' : 'tables only'}`,
    database,
    share: 1,
    provision: (companies) => migrate(companies, folders.before, placeSql),
    rollOut: (companies) => migrate(companies, folders.after, () => ''),
  }
}
