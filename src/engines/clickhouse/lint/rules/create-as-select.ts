import { isWord } from '../../sql/token.ts'
import type { Rule } from '../rule.ts'

export const createAsSelect: Rule = {
  id: 'clickhouse-create-as-select',
  severity: 'warning',
  summary: 'CREATE TABLE … AS SELECT, or a materialised view with POPULATE.',
  why: 'It makes the table and then fills it: cut off in between, it is there with a part of its rows, and rows that come meanwhile are lost.',
  mend: 'CREATE, then INSERT … SELECT into a table that remembers inserts.',
  *statement({ head, sql, table }) {
    const fills = head.verb === 'CREATE' && sql.tokens.some((token) => isWord(token, 'POPULATE'))
    const selects = head.kind === 'TABLE' && table !== null && sql.tokens.some((token) => isWord(token, 'SELECT'))
    if (fills || selects) yield { message: `${head.names[0]?.name} is made and filled in one statement` }
  },
}
