import type { Finding } from '../../../../src/core/lint/finding.ts'

/** A finding that is as ordinary as can be but for `facts`. */
export function finding(facts: Partial<Finding> = {}): Finding {
  return {
    rule: 'drop-table',
    severity: 'error',
    message: 'orders is dropped',
    mend: 'Keep it.',
    scope: 'tenant',
    migration: '0001_drop',
    direction: 'up',
    file: 'tenant/0001_drop.sql',
    line: 2,
    column: 1,
    sql: 'drop table orders',
    ...facts,
  }
}
