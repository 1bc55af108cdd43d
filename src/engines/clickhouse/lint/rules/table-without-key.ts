import { isMergeTree, namesIn } from '../create-table.ts'
import type { Rule } from '../rule.ts'

export const tableWithoutKey: Rule = {
  id: 'clickhouse-table-without-key',
  severity: 'error',
  summary: 'A MergeTree table without ORDER BY, or with ORDER BY tuple().',
  why: 'Every query reads the whole table, and a table cannot get a key later.',
  mend: 'ORDER BY what queries filter by, from the fewest values to the most.',
  *statement({ table }) {
    if (table === null || !isMergeTree(table)) return
    if (table.orderBy !== null && namesIn(table.orderBy).length > 0) return
    yield { message: `${table.name} has no key` }
  },
}
