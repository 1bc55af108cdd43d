import { constraintOf, declaredColumns } from '../declared.ts'
import type { Rule } from '../rule.ts'
import { lastNameOf, nodesIn } from '../tree.ts'

export const serialColumn: Rule = {
  id: 'serial-column',
  severity: 'error',
  summary: 'A serial column, or a default that calls nextval().',
  why: 'The shared role may use no sequence, so that no company can read or move the one of another: its INSERT fails on the default.',
  mend: 'bigint GENERATED ALWAYS AS IDENTITY, which needs no right on its sequence, or uuid DEFAULT uuidv7().',
  *statement({ statement }, model) {
    for (const { table, name, type, column } of declaredColumns(statement)) {
      const isSerial = /^(small|big)?serial[248]?$/.test(type.name)
      const calls = [...nodesIn(constraintOf(column, 'CONSTR_DEFAULT'), 'FuncCall')].map(({ funcname }) =>
        lastNameOf(funcname),
      )
      if (!isSerial && !calls.includes('nextval')) continue
      yield {
        message: `${model.nameOf(table)}.${name} takes its values from a sequence that companies may not use`,
        at: column.location,
      }
    }
  },
}
