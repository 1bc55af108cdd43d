import type { RoleSpec } from 'libpg-query'
import type { Rule } from '../rule.ts'
import { bothWays } from '../rule.ts'
import { alterations, as } from '../tree.ts'

export const ownerChange: Rule = {
  id: 'owner-change',
  severity: 'error',
  summary: 'Something is given to an owner other than dbsvc_owner.',
  why: "A superuser's view or function looks past every policy: one was seen to show 200 companies to each. dbsvc protects only what dbsvc_owner owns.",
  mend: 'Leave the owner as it is.',
  directions: bothWays,
  *statement({ statement }) {
    const { node } = statement
    const owners: (RoleSpec | undefined)[] = [
      as(node, 'AlterOwnerStmt')?.newowner,
      as(node, 'ReassignOwnedStmt')?.newrole,
      as(node, 'CreateSchemaStmt')?.authrole,
      ...[...alterations(statement, 'AT_ChangeOwner')].map(({ command }) => command.newowner),
    ]
    for (const owner of owners) {
      if (owner === undefined || owner.rolename === 'dbsvc_owner') continue
      yield { message: `the owner becomes ${owner.rolename ?? 'the current user'}`, at: owner.location }
    }
  },
}
