import type { Rule } from '../rule.ts'
import { as, namesOf } from '../tree.ts'

export const dropIndexNotConcurrent: Rule = {
  id: 'drop-index-not-concurrent',
  severity: 'warning',
  tenantSeverity: 'info',
  summary: 'An index of an existing table is dropped without CONCURRENTLY.',
  why: 'The drop waits for every query of the table, and all that come after it wait behind the drop.',
  mend: 'DROP INDEX CONCURRENTLY in a .ts migration that says pgm.noTransaction().',
  *statement({ statement, migration }, model) {
    const drop = as(statement.node, 'DropStmt')
    if (drop?.removeType !== 'OBJECT_INDEX' || drop.concurrent === true) return
    for (const object of drop.objects ?? []) {
      const name = namesOf(as(object, 'List')?.items).at(-1) ?? ''
      if (model.findIndex(name)?.relation.createdIn === migration.name) continue
      yield { message: `dropping ${name} locks its table against reads` }
    }
  },
}
