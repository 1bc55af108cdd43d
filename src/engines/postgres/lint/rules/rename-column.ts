import type { Rule } from '../rule.ts'
import { as } from '../tree.ts'

export const renameColumn: Rule = {
  id: 'rename-column',
  severity: 'error',
  summary: 'A column of an existing table or view is renamed.',
  why: 'The version that runs while the fleet is rolled out uses the old name, the next one the new name: one of them fails on each company.',
  mend: 'Add a column of the new name, write both, fill it, and drop the old one when no version uses it.',
  *statement({ statement, migration }, model) {
    const rename = as(statement.node, 'RenameStmt')
    if (rename?.renameType !== 'OBJECT_COLUMN' || rename.relation === undefined) return
    if (!model.isExisting(rename.relation, migration)) return
    yield { message: `${model.nameOf(rename.relation)}.${rename.subname} is renamed to ${rename.newname}` }
  },
}
