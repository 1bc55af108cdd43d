import { addedConstraints, constraintOf } from '../declared.ts'
import type { Rule } from '../rule.ts'

export const foreignKeyNotValid: Rule = {
  id: 'foreign-key-not-valid',
  severity: 'error',
  summary: 'A foreign key without NOT VALID is added to an existing table.',
  why: 'Every row is looked up while both tables take no writes.',
  mend: 'Add it with NOT VALID, and VALIDATE CONSTRAINT in a later migration: that reads the rows while writes go on.',
  *statement({ statement, migration }, model) {
    for (const { table, constraint, column } of addedConstraints(statement)) {
      if (constraint.contype !== 'CONSTR_FOREIGN' || constraint.skip_validation === true) continue
      // PostgreSQL knows that a new column without default is null everywhere.
      if (column !== undefined && constraintOf(column, 'CONSTR_DEFAULT') === undefined) continue
      if (!model.isExisting(table, migration)) continue
      yield {
        message: `the foreign key on ${model.nameOf(table)} is checked for every row under a lock`,
        at: constraint.location,
      }
    }
  },
}
