import type { Rule } from '../rule.ts'
import { as, namesOf, rangeOf } from '../tree.ts'

export const dropTable: Rule = {
  id: 'drop-table',
  severity: 'error',
  summary: 'An existing table is dropped.',
  why: 'The version that runs while the fleet is rolled out still uses it; its data is gone for good.',
  mend: 'Release a version that does not use the table first; then drop it, with a suppression that says since when.',
  *statement({ statement, migration }, model) {
    const drop = as(statement.node, 'DropStmt')
    if (drop?.removeType !== 'OBJECT_TABLE') return
    for (const object of drop.objects ?? []) {
      const table = rangeOf(namesOf(as(object, 'List')?.items))
      if (!model.isExisting(table, migration)) continue
      yield { message: `${model.nameOf(table)} is dropped, and a running version may use it` }
    }
  },
}
