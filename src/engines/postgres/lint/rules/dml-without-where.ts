import type { Rule } from '../rule.ts'
import { as, nodesIn } from '../tree.ts'

export const dmlWithoutWhere: Rule = {
  id: 'dml-without-where',
  severity: 'error',
  summary: 'UPDATE or DELETE without WHERE on an existing table.',
  why: 'Every row is locked until the migration commits, and an UPDATE writes the whole table once more.',
  mend: 'Say which rows are meant, even if it is WHERE <column> IS NULL; large tables go in batches, outside the migration.',
  *statement({ statement, migration }, model) {
    // The body of a function runs later.
    if (as(statement.node, 'CreateFunctionStmt') !== undefined) return
    const changes = [...nodesIn(statement.node, 'UpdateStmt'), ...nodesIn(statement.node, 'DeleteStmt')]
    for (const { relation, whereClause } of changes) {
      if (relation === undefined || whereClause !== undefined || !model.isExisting(relation, migration)) continue
      yield { message: `every row of ${model.nameOf(relation)} is touched`, at: relation.location }
    }
  },
}
