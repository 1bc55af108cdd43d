import { grantsOf } from '../grants.ts'
import type { Rule } from '../rule.ts'
import { bothWays } from '../rule.ts'

export const grantToPublic: Rule = {
  id: 'grant-to-public',
  severity: 'error',
  summary: 'GRANT … TO PUBLIC.',
  why: 'PUBLIC is every role of the server, those of other companies and of other applications included.',
  mend: 'Grant nothing: dbsvc grants what companies may do. Where something else must read it, name that role.',
  directions: bothWays,
  *statement({ statement }) {
    for (const { grantees, privileges } of grantsOf(statement)) {
      const everyone = grantees.find(({ roletype }) => roletype === 'ROLESPEC_PUBLIC')
      if (everyone !== undefined)
        yield { message: `${privileges.join(', ')} is granted to PUBLIC`, at: everyone.location }
    }
  },
}
