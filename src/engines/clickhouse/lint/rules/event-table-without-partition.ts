import type { Rule } from '../rule.ts'
import { isEventTable } from './event-table-without-ttl.ts'

export const eventTableWithoutPartition: Rule = {
  id: 'clickhouse-event-table-without-partition',
  severity: 'warning',
  tenantSeverity: 'info',
  summary: 'A table of events without PARTITION BY.',
  why: 'Only whole partitions are dropped at no cost; a TTL in one of all rows rewrites parts instead.',
  mend: 'PARTITION BY toYYYYMM(time).',
  *statement({ table }) {
    if (table !== null && isEventTable(table) && table.partitionBy === null)
      yield { message: `${table.name} is one partition` }
  },
}
