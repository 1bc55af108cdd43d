import type { Rule } from '../rule.ts'
import { alterations } from '../tree.ts'

export const validateInSameTransaction: Rule = {
  id: 'validate-in-same-transaction',
  severity: 'error',
  summary: 'A constraint is added as NOT VALID and validated in the same transaction.',
  why: 'The lock of ADD CONSTRAINT is held until the transaction ends, so the rows are read under it: NOT VALID has gained nothing.',
  mend: 'Move VALIDATE CONSTRAINT into a migration of its own.',
  *statement({ statement, migration, sql }, model) {
    if (!sql.transaction) return
    for (const { table, command } of alterations(statement, 'AT_ValidateConstraint')) {
      if (!model.isExisting(table, migration)) continue
      const constraint = model.find(table)?.constraints.find(({ name }) => name === command.name)
      if (constraint?.origin.migration !== migration) continue
      yield { message: `${command.name} is validated in the transaction that added it` }
    }
  },
}
