import type { Rule } from '../rule.ts'
import { as } from '../tree.ts'

export const materializedView: Rule = {
  id: 'materialized-view',
  severity: 'info',
  summary: 'A materialised view is made.',
  why: 'It holds the rows of all companies and can have no policies, so dbsvc lets no company reach it.',
  mend: 'For what companies read, make a table with company_id and fill it, or a plain view.',
  *statement({ statement }, model) {
    const create = as(statement.node, 'CreateTableAsStmt')
    if (create?.objtype !== 'OBJECT_MATVIEW' || create.into?.rel === undefined) return
    yield { message: `no company can reach ${model.nameOf(create.into.rel)}: a materialised view has no policies` }
  },
}
