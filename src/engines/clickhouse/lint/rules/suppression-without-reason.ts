import type { Rule } from '../rule.ts'

/** Raised by the linter, for comments that suppress nothing. */
export const suppressionWithoutReason: Rule = {
  id: 'clickhouse-suppression-without-reason',
  severity: 'error',
  summary: 'A suppression without rule or without reason.',
  why: 'Whoever reads the migration later has to know why the rule does not hold here.',
  mend: '-- dbsvc: allow <rule> because <reason>',
}
