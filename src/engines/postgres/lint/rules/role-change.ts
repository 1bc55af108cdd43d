import type { Rule } from '../rule.ts'
import { bothWays } from '../rule.ts'
import { settingChanges } from '../settings.ts'

export const roleChange: Rule = {
  id: 'role-change',
  severity: 'error',
  summary: 'SET ROLE, RESET ROLE or SET SESSION AUTHORIZATION.',
  why: 'Migrations run as dbsvc_owner, which is no superuser and is subject to row security. What another role makes, dbsvc neither owns nor protects.',
  mend: 'Remove it; what needs a superuser is done once by an administrator, not by a migration.',
  directions: bothWays,
  *statement({ statement }) {
    for (const { name } of settingChanges(statement)) {
      if (name === 'role' || name === 'session_authorization' || name === 'session authorization') {
        yield { message: 'the role is changed; migrations run as dbsvc_owner' }
      }
    }
  },
}
