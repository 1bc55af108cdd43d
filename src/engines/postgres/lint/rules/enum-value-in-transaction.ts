import type { Rule } from '../rule.ts'
import { as, lastNameOf, nodesIn } from '../tree.ts'

export const enumValueInTransaction: Rule = {
  id: 'enum-value-in-transaction',
  severity: 'error',
  summary: 'A value is added to an enumerated type and used in the same transaction.',
  why: 'PostgreSQL lets nobody use the value before the transaction that added it has committed (55P04).',
  mend: 'Use the value in a migration of its own, after the one that adds it.',
  *statement({ statement, migration, sql }, model) {
    const alter = as(statement.node, 'AlterEnumStmt')
    // With an old value it is a rename.
    if (alter?.newVal === undefined || alter.oldVal !== undefined || !sql.transaction) return
    const type = lastNameOf(alter.typeName)
    if (model.enums.get(type) === migration.name) return
    const all = sql.steps.flatMap(({ statements }) => statements)
    const later = all.slice(all.indexOf(statement) + 1)
    const isUsed = later.some(({ node }) =>
      [...nodesIn(node, 'A_Const')].some(({ sval }) => sval?.sval === alter.newVal),
    )
    if (isUsed) yield { message: `'${alter.newVal}' is added to ${type} and used before that is committed` }
  },
}
