import type { Rule } from '../rule.ts'
import { as } from '../tree.ts'

export const doBlock: Rule = {
  id: 'do-block',
  severity: 'info',
  summary: 'A DO block, which no rule looks into.',
  why: 'What it does depends on data and on strings put together while it runs; lint knows nothing of the objects it makes.',
  mend: 'Write the statements plainly where that is possible.',
  *statement({ statement }) {
    if (as(statement.node, 'DoStmt') !== undefined) yield { message: 'no rule looks into a DO block' }
  },
}
