import type { Rule } from '../rule.ts'
import { as } from '../tree.ts'

export const renameTable: Rule = {
  id: 'rename-table',
  severity: 'error',
  summary: 'An existing table or view is renamed.',
  why: 'The version that runs while the fleet is rolled out uses the old name, the next one the new name: one of them fails on each company.',
  mend: 'Keep the name, or rename and CREATE VIEW under the old name in the same migration, and drop the view later.',
  *statement({ statement, migration }, model) {
    const rename = as(statement.node, 'RenameStmt')
    const { renameType: kind, relation } = rename ?? {}
    if (kind !== 'OBJECT_TABLE' && kind !== 'OBJECT_VIEW' && kind !== 'OBJECT_MATVIEW') return
    if (relation === undefined || !model.isExisting(relation, migration)) return
    const keepsOldName = migration.up.steps.some(({ statements }) =>
      statements.some(({ node }) => {
        const view = as(node, 'ViewStmt')?.view
        return view !== undefined && model.nameOf(view) === model.nameOf(relation)
      }),
    )
    if (!keepsOldName) yield { message: `${model.nameOf(relation)} is renamed to ${rename?.newname}` }
  },
}
