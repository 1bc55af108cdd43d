import type { Rule } from '../rule.ts'
import { as, namesOf, rangeOf } from '../tree.ts'

export const dropView: Rule = {
  id: 'drop-view',
  severity: 'warning',
  summary: 'An existing view is dropped and not made again in the same migration.',
  why: 'The version that runs while the fleet is rolled out may still read it.',
  mend: 'Release a version that does not read the view first; to change one, CREATE OR REPLACE VIEW.',
  *statement({ statement, migration }, model) {
    const drop = as(statement.node, 'DropStmt')
    if (drop?.removeType !== 'OBJECT_VIEW' && drop?.removeType !== 'OBJECT_MATVIEW') return
    const made = migration.up.steps.flatMap(({ statements }) =>
      statements.flatMap(({ node }) => as(node, 'ViewStmt')?.view ?? as(node, 'CreateTableAsStmt')?.into?.rel ?? []),
    )
    for (const object of drop.objects ?? []) {
      const view = rangeOf(namesOf(as(object, 'List')?.items))
      if (!model.isExisting(view, migration)) continue
      if (made.some((candidate) => model.nameOf(candidate) === model.nameOf(view))) continue
      yield { message: `${model.nameOf(view)} is dropped, and a running version may read it` }
    }
  },
}
