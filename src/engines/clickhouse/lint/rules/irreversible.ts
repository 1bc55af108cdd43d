import type { Rule } from '../rule.ts'

export const irreversible: Rule = {
  id: 'clickhouse-irreversible',
  severity: 'info',
  summary: 'A migration has no way down.',
  why: 'dbsvc migrate down and redo stop at it (DBS-1303).',
  mend: 'Write a down migration; or leave it, where a new migration is the way back.',
  *migration({ name, hasDown }) {
    if (!hasDown) yield { message: `${name} has no down migration` }
  },
}
