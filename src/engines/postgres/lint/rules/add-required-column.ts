import { addedColumns, constraintOf } from '../declared.ts'
import type { Rule } from '../rule.ts'
import { typeOf } from '../tree.ts'

const filled = ['CONSTR_DEFAULT', 'CONSTR_IDENTITY', 'CONSTR_GENERATED'] as const

export const addRequiredColumn: Rule = {
  id: 'add-required-column',
  severity: 'error',
  summary: 'A NOT NULL column without default is added to an existing table.',
  why: 'It fails on every target whose table has a row, and the version that runs meanwhile does not write the column.',
  mend: 'Add it with a constant default, or nullable at first.',
  *statement({ statement, migration }, model) {
    for (const { table, column } of addedColumns(statement)) {
      const required = constraintOf(column, 'CONSTR_NOTNULL') ?? constraintOf(column, 'CONSTR_PRIMARY')
      if (required === undefined || !model.isExisting(table, migration)) continue
      if (filled.some((contype) => constraintOf(column, contype)) || /serial/.test(typeOf(column.typeName).name))
        continue
      yield {
        message: `${model.nameOf(table)}.${column.colname} is NOT NULL, and rows that are there have no value for it`,
        at: column.location,
      }
    }
  },
}
