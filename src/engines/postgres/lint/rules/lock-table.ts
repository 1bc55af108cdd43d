import type { Rule } from '../rule.ts'
import { bothWays } from '../rule.ts'
import { allOf, as } from '../tree.ts'

export const lockTable: Rule = {
  id: 'lock-table',
  severity: 'warning',
  summary: 'LOCK TABLE.',
  why: 'The lock is held until the whole batch of companies has committed.',
  mend: 'Leave it out: each statement takes the lock it needs.',
  directions: bothWays,
  *statement({ statement }, model) {
    for (const relation of allOf(as(statement.node, 'LockStmt')?.relations, 'RangeVar')) {
      yield { message: `${model.nameOf(relation)} is locked until the transaction ends`, at: relation.location }
    }
  },
}
