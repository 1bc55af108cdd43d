import { addedConstraints } from '../declared.ts'
import type { Rule } from '../rule.ts'

export const checkNotValid: Rule = {
  id: 'check-not-valid',
  severity: 'error',
  summary: 'A check without NOT VALID is added to an existing table.',
  why: 'Every row is checked under a lock that stops reads and writes; a check that comes with a new column too.',
  mend: 'Add it by ADD CONSTRAINT … CHECK (…) NOT VALID, and VALIDATE CONSTRAINT in a later migration.',
  *statement({ statement, migration }, model) {
    for (const { table, constraint } of addedConstraints(statement)) {
      if (constraint.contype !== 'CONSTR_CHECK' || constraint.skip_validation === true) continue
      if (!model.isExisting(table, migration)) continue
      yield {
        message: `the check on ${model.nameOf(table)} is made for every row under a lock`,
        at: constraint.location,
      }
    }
  },
}
