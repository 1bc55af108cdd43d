import type { Node } from 'libpg-query'
import type { Rule } from '../rule.ts'
import { alterations, as, type TypeRef, typeOf } from '../tree.ts'

export const columnTypeRewrite: Rule = {
  id: 'column-type-rewrite',
  severity: 'error',
  summary: "A change of a column's type that rewrites an existing table.",
  why: 'PostgreSQL rewrites the table and its indexes while nobody can read it, unless every stored value is already one of the new type.',
  mend: 'Add a column of the new type, fill it in batches while both are written, and let the code change over.',
  *statement({ statement, migration }, model) {
    for (const { table, command } of alterations(statement, 'AT_AlterColumnType')) {
      const column = as(command.def, 'ColumnDef')
      if (column === undefined || !model.isExisting(table, migration)) continue
      const before = model.find(table)?.columns.get(command.name ?? '')?.type
      const after = typeOf(column.typeName)
      if (before !== undefined && keepsValues(before, after) && isPlain(column.raw_default)) continue
      const from = before === undefined ? '' : ` from ${spelled(before)}`
      yield {
        message: `changing ${model.nameOf(table)}.${command.name}${from} to ${spelled(after)} rewrites the table`,
        at: column.location,
      }
    }
  },
}

/** Whether PostgreSQL takes stored values as they are: only ever a wider type of the same kind. */
function keepsValues(before: TypeRef, after: TypeRef): boolean {
  if (before.isArray !== after.isArray) return false
  const [was = Number.POSITIVE_INFINITY, wasScale] = before.modifiers.map(Number)
  const [is = Number.POSITIVE_INFINITY, isScale] = after.modifiers.map(Number)
  if (before.name === after.name) {
    if (spelled(before) === spelled(after)) return true
    if (before.name === 'numeric')
      return after.modifiers.length === 0 || (is >= was && (isScale ?? 0) === (wasScale ?? 0))
    return (
      ['varchar', 'varbit', 'timestamp', 'timestamptz', 'time', 'timetz', 'interval'].includes(before.name) && is >= was
    )
  }
  if (before.name === 'varchar') return after.name === 'text'
  if (before.name === 'text') return after.name === 'varchar' && after.modifiers.length === 0
  return before.name === 'cidr' && after.name === 'inet'
}

/** No USING, or one that only casts a column. */
function isPlain(using: Node | undefined): boolean {
  return using === undefined || as(as(using, 'TypeCast')?.arg ?? using, 'ColumnRef') !== undefined
}

function spelled({ name, modifiers, isArray }: TypeRef): string {
  return `${name}${modifiers.length === 0 ? '' : `(${modifiers.join(',')})`}${isArray ? '[]' : ''}`
}
