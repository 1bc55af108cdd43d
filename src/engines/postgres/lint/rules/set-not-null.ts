import { addedConstraints } from '../declared.ts'
import type { Rule } from '../rule.ts'
import { alterations } from '../tree.ts'

export const setNotNull: Rule = {
  id: 'set-not-null',
  severity: 'error',
  summary: 'NOT NULL on an existing column without a validated check that says so already.',
  why: 'PostgreSQL reads the whole table under a lock that stops reads and writes, unless a valid constraint proves that no row has a null.',
  mend: 'In one migration ADD CONSTRAINT <name> CHECK (<column> IS NOT NULL) NOT VALID, in a second one VALIDATE CONSTRAINT <name>, then SET NOT NULL.',
  *statement({ statement, migration }, model) {
    for (const { table, command } of alterations(statement, 'AT_SetNotNull')) {
      const { name = '' } = command
      if (!model.isExisting(table, migration)) continue
      const known = model.find(table)
      const proven = known?.constraints.some(({ valid, notNull }) => valid && notNull.includes(name)) ?? false
      if (proven || known?.columns.get(name)?.notNull === true) continue
      yield { message: `SET NOT NULL on ${model.nameOf(table)}.${name} reads the whole table under a lock` }
    }
    for (const { table, constraint, column } of addedConstraints(statement)) {
      if (column !== undefined || constraint.contype !== 'CONSTR_NOTNULL' || constraint.skip_validation === true)
        continue
      if (!model.isExisting(table, migration)) continue
      yield {
        message: `a NOT NULL constraint on ${model.nameOf(table)} reads the whole table under a lock`,
        at: constraint.location,
      }
    }
  },
}
