import { declaredColumns } from '../declared.ts'
import type { Rule } from '../rule.ts'

export const jsonType: Rule = {
  id: 'json-type',
  severity: 'warning',
  summary: 'A column is json.',
  why: 'json has no equality, so DISTINCT, GROUP BY and UNION of the column fail, and it is parsed anew whenever it is read.',
  mend: 'jsonb.',
  *statement({ statement }, model) {
    for (const { table, name, type, column } of declaredColumns(statement)) {
      if (type.name === 'json') yield { message: `${model.nameOf(table)}.${name} is json`, at: column.location }
    }
  },
}
