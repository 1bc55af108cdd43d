import { grantsOf, roleName } from '../grants.ts'
import type { Rule } from '../rule.ts'

const piercing = new Set(['all', 'truncate', 'trigger', 'references', 'maintain'])

export const grantBeyondData: Rule = {
  id: 'grant-beyond-data',
  severity: 'error',
  summary: 'ALL, TRUNCATE, TRIGGER, REFERENCES or MAINTAIN on a table is granted.',
  why: "TRUNCATE looks past row security, REFERENCES tells whether another company's row is there, TRIGGER runs code as whoever writes; ALL has them all.",
  mend: 'Name what is needed of SELECT, INSERT, UPDATE and DELETE.',
  *statement({ statement }) {
    for (const { grant, grantees, privileges } of grantsOf(statement)) {
      if (grant.objtype !== 'OBJECT_TABLE') continue
      const beyond = privileges.filter((privilege) => piercing.has(privilege))
      if (beyond.length === 0) continue
      yield { message: `${beyond.join(', ')} is granted to ${grantees.map(roleName).join(', ')}` }
    }
  },
}
