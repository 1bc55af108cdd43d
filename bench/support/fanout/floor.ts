import type { Database } from '../database.ts'
import { type HandWritten, oneMore, placeSql } from './company-sql.ts'
import type { Contender } from './contender.ts'
import { overConnections } from './over-connections.ts'

const shape = { connections: 2, batchSize: 20 }

/** What the server needs for the work itself: static SQL, a whole batch in one message, no ledger and no checks. */
export function floor(database: Database, shipped: readonly HandWritten[]): Contender {
  const send = (companies: readonly string[], render: (company: string) => readonly string[]): Promise<void> =>
    overConnections(database, shape, companies, async (client, batch) => {
      await client.query(['begin; set local role dbsvc_owner;', ...batch.flatMap(render), 'commit;'].join('\n'))
    })
  return {
    name: 'floor',
    description: 'the same SQL by hand, 2 connections, 20 companies per transaction and message, in process, no ledger',
    database,
    share: 1,
    provision: (companies) =>
      send(companies, (company) => [
        placeSql(company),
        searchPath(company),
        ...shipped.flatMap(({ schema, protection }) => [schema, protection.replaceAll(':company', `'${company}'`)]),
      ]),
    rollOut: (companies) => send(companies, (company) => [searchPath(company), oneMore.schema]),
  }
}

const searchPath = (company: string): string => `set local search_path = tenant_${company};`
