import { companyColumn } from '../../names.ts'
import { isMergeTree, namesIn } from '../create-table.ts'
import type { Rule } from '../rule.ts'

export const keyWithoutCompany: Rule = {
  id: 'clickhouse-key-without-company',
  severity: 'error',
  scopes: ['shared'],
  summary: `A shared table whose key does not begin with ${companyColumn}.`,
  why: `Each company reads only its own rows: without ${companyColumn} in front, that reads everybody's.`,
  mend: `ORDER BY (${companyColumn}, …).`,
  *statement({ table }) {
    if (table === null || !isMergeTree(table)) return
    if (!table.columns.some(({ name }) => name === companyColumn)) return
    const [first] = namesIn(table.orderBy ?? [])
    if (first !== companyColumn) yield { message: `the key of ${table.name} begins with ${first ?? 'nothing'}` }
  },
}
