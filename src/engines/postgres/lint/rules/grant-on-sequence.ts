import { grantsOf, roleName } from '../grants.ts'
import type { Rule } from '../rule.ts'

export const grantOnSequence: Rule = {
  id: 'grant-on-sequence',
  severity: 'error',
  summary: 'A privilege on a sequence is granted.',
  why: "Sequences know no row security: nextval and last_value of another company's sequence tell how much it writes, and setval breaks its keys.",
  mend: 'Use GENERATED ALWAYS AS IDENTITY, which needs no grant, or uuidv7().',
  *statement({ statement }) {
    for (const { grant, grantees } of grantsOf(statement)) {
      if (grant.objtype !== 'OBJECT_SEQUENCE') continue
      yield { message: `a sequence is granted to ${grantees.map(roleName).join(', ')}` }
    }
  },
}
