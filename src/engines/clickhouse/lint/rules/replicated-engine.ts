import { isWord } from '../../sql/token.ts'
import type { Rule } from '../rule.ts'

export const replicatedEngine: Rule = {
  id: 'clickhouse-replicated-engine',
  severity: 'error',
  summary: 'A Replicated… engine or ON CLUSTER in a migration.',
  why: 'Written out it holds on that cluster alone, and a path without {uuid} is the same one for every company’s table.',
  mend: 'The local engine, without ON CLUSTER: dbsvc adds both where clickhouse.cluster is set.',
  *statement({ sql, table, head }) {
    if (table?.engine.startsWith('Replicated') === true)
      yield { message: `${table.name} is ${table.engine} everywhere` }
    const at = sql.tokens.findIndex((token, index) => isWord(token, 'ON') && isWord(sql.tokens[index + 1], 'CLUSTER'))
    if (at !== -1 && head.kind !== '') yield { message: `${head.verb} names its cluster`, at: sql.tokens[at]?.start }
  },
}
