import type { Rule } from '../rule.ts'
import { alterations } from '../tree.ts'

export const dropColumn: Rule = {
  id: 'drop-column',
  severity: 'error',
  summary: 'A column of an existing table is dropped.',
  why: 'The version that runs while the fleet is rolled out still reads and writes it; its data is gone for good.',
  mend: 'Release a version that does not use the column first; then drop it, with a suppression that says since when.',
  *statement({ statement, migration }, model) {
    for (const { table, command } of alterations(statement, 'AT_DropColumn')) {
      if (!model.isExisting(table, migration)) continue
      yield { message: `${model.nameOf(table)}.${command.name} is dropped, and a running version may use it` }
    }
  },
}
