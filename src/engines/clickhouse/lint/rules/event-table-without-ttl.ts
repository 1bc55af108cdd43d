import { isMergeTree, namesIn, type TableDefinition } from '../create-table.ts'
import type { Rule } from '../rule.ts'

/** A table whose key has a time in it grows with time. */
export function isEventTable(table: TableDefinition): boolean {
  const key = namesIn(table.orderBy ?? [])
  const isTime = (type: string | undefined): boolean => /^(DateTime|DateTime64|Date|Date32)$/i.test(type ?? '')
  return isMergeTree(table) && table.columns.some(({ name, tokens }) => key.includes(name) && isTime(tokens[0]?.text))
}

export const eventTableWithoutTtl: Rule = {
  id: 'clickhouse-event-table-without-ttl',
  severity: 'warning',
  summary: 'A table of events without TTL.',
  why: 'It grows until the disk is full, and then a mutation has to rewrite it.',
  mend: 'TTL time + INTERVAL 2 YEAR, or how long the rows are wanted.',
  *statement({ table }) {
    if (table !== null && isEventTable(table) && table.ttl === null)
      yield { message: `${table.name} keeps its rows for ever` }
  },
}
