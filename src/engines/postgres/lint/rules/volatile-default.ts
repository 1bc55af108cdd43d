import type { ColumnDef } from 'libpg-query'
import { addedColumns, constraintOf } from '../declared.ts'
import type { Model } from '../model/model.ts'
import type { Rule } from '../rule.ts'
import { lastNameOf, nodesIn, typeOf } from '../tree.ts'

/** Volatile functions of PostgreSQL and its usual extensions that make sense as a default. */
const volatile = new Set(
  (
    'clock_timestamp timeofday random random_normal gen_random_uuid gen_random_bytes uuidv4 uuidv7 nextval setval currval lastval ' +
    'uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 uuid_generate_v7'
  ).split(' '),
)

export const volatileDefault: Rule = {
  id: 'volatile-default',
  severity: 'error',
  summary: 'A column whose default differs from row to row is added to an existing table.',
  why: 'A constant default is kept once in the catalogue; a volatile one, an identity or a stored generated column rewrites the whole table while nobody can read it.',
  mend: 'Add the column without default, set the default with ALTER COLUMN … SET DEFAULT, and fill the rows there are in batches.',
  *statement({ statement, migration }, model) {
    for (const { table, column } of addedColumns(statement)) {
      if (!model.isExisting(table, migration)) continue
      const reason = rewriteReason(column, model)
      if (reason !== undefined) {
        yield { message: `adding ${column.colname} rewrites ${model.nameOf(table)}: ${reason}`, at: column.location }
      }
    }
  },
}

function rewriteReason(column: ColumnDef, model: Model): string | undefined {
  if (constraintOf(column, 'CONSTR_IDENTITY') !== undefined) return 'it is an identity column'
  if (/serial/.test(typeOf(column.typeName).name)) return 'it takes its default from a sequence'
  // A virtual column, 'v', is kept nowhere.
  if (constraintOf(column, 'CONSTR_GENERATED')?.generated_kind === 's') return 'it is generated and stored'
  for (const { funcname } of nodesIn(constraintOf(column, 'CONSTR_DEFAULT')?.raw_expr, 'FuncCall')) {
    const name = lastNameOf(funcname)
    if (volatile.has(name) || model.functions.get(name) === 'volatile') return `its default calls ${name}()`
  }
  return undefined
}
