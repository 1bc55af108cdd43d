import { grantsOf, roleName } from '../grants.ts'
import type { Rule } from '../rule.ts'
import { allOf } from '../tree.ts'

export const materializedViewGrant: Rule = {
  id: 'materialized-view-grant',
  severity: 'error',
  summary: 'A materialised view is granted to a role.',
  why: 'It can have no policies: whoever reads it reads the rows of all companies.',
  mend: 'Make a table with company_id and fill it, or a plain view.',
  *statement({ statement }, model) {
    for (const { grant, grantees } of grantsOf(statement)) {
      for (const relation of allOf(grant.objects, 'RangeVar')) {
        if (model.find(relation)?.kind !== 'materialized view') continue
        const readers = grantees.map(roleName).join(', ')
        yield {
          message: `${readers} may read the rows of all companies in ${model.nameOf(relation)}`,
          at: relation.location,
        }
      }
    }
  },
}
