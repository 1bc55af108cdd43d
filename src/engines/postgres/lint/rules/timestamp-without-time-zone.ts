import { declaredColumns } from '../declared.ts'
import type { Rule } from '../rule.ts'

export const timestampWithoutTimeZone: Rule = {
  id: 'timestamp-without-time-zone',
  severity: 'warning',
  summary: 'A column is timestamp without time zone.',
  why: 'It is a wall clock without a place: two servers, or one before and after a clock change, mean different instants by it.',
  mend: 'timestamptz, which is an instant and takes the same 8 bytes.',
  *statement({ statement }, model) {
    for (const { table, name, type, column } of declaredColumns(statement)) {
      if (type.name !== 'timestamp') continue
      yield { message: `${model.nameOf(table)}.${name} is a timestamp without time zone`, at: column.location }
    }
  },
}
