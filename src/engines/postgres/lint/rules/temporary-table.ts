import type { Rule } from '../rule.ts'
import { bothWays } from '../rule.ts'
import { as } from '../tree.ts'

export const temporaryTable: Rule = {
  id: 'temporary-table',
  severity: 'error',
  summary: 'A temporary table or view.',
  why: 'dbsvc takes TEMPORARY away from every role, because a table in pg_temp can stand in for a real one; and the companies of a batch would share it.',
  mend: 'Use a common table expression, or a plain table that the migration drops again.',
  directions: bothWays,
  *statement({ statement: { node } }, model) {
    const relations = [
      as(node, 'CreateStmt')?.relation,
      as(node, 'CreateTableAsStmt')?.into?.rel,
      as(node, 'SelectStmt')?.intoClause?.rel,
      as(node, 'ViewStmt')?.view,
    ]
    for (const relation of relations) {
      if (relation?.relpersistence !== 't') continue
      yield { message: `${model.nameOf(relation)} is temporary`, at: relation.location }
    }
  },
}
