import { declaredColumns } from '../declared.ts'
import type { Rule } from '../rule.ts'

export const charType: Rule = {
  id: 'char-type',
  severity: 'warning',
  summary: 'A column is char(n).',
  why: 'Values are filled up with blanks, which count in some comparisons and not in others.',
  mend: 'text or varchar(n), with CHECK (length(<column>) = n) where the length matters.',
  *statement({ statement }, model) {
    for (const { table, name, type, column } of declaredColumns(statement)) {
      if (type.name !== 'bpchar') continue
      yield { message: `${model.nameOf(table)}.${name} is char(${type.modifiers[0] ?? 'n'})`, at: column.location }
    }
  },
}
