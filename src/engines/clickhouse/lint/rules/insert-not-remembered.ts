import { isSign, isWord } from '../../sql/token.ts'
import type { Rule } from '../rule.ts'

export const insertNotRemembered: Rule = {
  id: 'clickhouse-insert-not-remembered',
  severity: 'warning',
  summary: 'INSERT into a table without non_replicated_deduplication_window.',
  why: 'When a run is cut off there, nobody can tell whether the rows are in; dbsvc stops and asks, rather than doubling them.',
  mend: 'SETTINGS non_replicated_deduplication_window = 100 on the table: then dbsvc’s token makes a second insert do nothing.',
  *statement({ head, sql }, model) {
    if (head.verb !== 'INSERT') return
    const table = model.tables.get(head.names[0]?.name ?? '')
    if (table === undefined || !table.engine.endsWith('MergeTree')) return
    const { settings } = table
    const at = settings?.findIndex((token) => isWord(token, 'NON_REPLICATED_DEDUPLICATION_WINDOW')) ?? -1
    const value = isSign(settings?.[at + 1], '=') ? settings?.[at + 2]?.text : undefined
    if (at === -1 || value === '0') yield { message: `${table.name} does not remember inserts`, at: sql.start }
  },
}
