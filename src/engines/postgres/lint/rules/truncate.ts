import type { Rule } from '../rule.ts'
import { allOf, as } from '../tree.ts'

export const truncate: Rule = {
  id: 'truncate',
  severity: 'error',
  summary: 'TRUNCATE of an existing table.',
  why: "It removes every company's rows at once, stops all reads, and looks at no policy; CASCADE takes the tables that point to it along.",
  mend: 'DELETE what is meant, with a WHERE and in batches.',
  *statement({ statement, migration }, model) {
    for (const relation of allOf(as(statement.node, 'TruncateStmt')?.relations, 'RangeVar')) {
      if (!model.isExisting(relation, migration)) continue
      yield { message: `all rows of ${model.nameOf(relation)} are removed`, at: relation.location }
    }
  },
}
