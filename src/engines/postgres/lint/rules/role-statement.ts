import type { Rule } from '../rule.ts'
import { bothWays } from '../rule.ts'
import type { NodeKind } from '../tree.ts'

const kinds: Partial<Record<NodeKind, string>> = {
  CreateRoleStmt: 'a role is made',
  AlterRoleStmt: 'a role is changed',
  AlterRoleSetStmt: 'a setting of a role is changed',
  DropRoleStmt: 'a role is dropped',
  GrantRoleStmt: 'a membership in a role is changed',
}

export const roleStatement: Rule = {
  id: 'role-statement',
  severity: 'error',
  summary: 'CREATE, ALTER or DROP ROLE, or a membership in a role.',
  why: 'Roles belong to the whole server, not to a company or a database, and the shared role must be a member of none. dbsvc_owner may not change roles, so the migration would fail.',
  mend: "Let an administrator make roles; a company's own LOGIN role comes from dbsvc tenant create --login.",
  directions: bothWays,
  *statement({ statement }) {
    for (const kind of Object.keys(statement.node)) {
      const what = kinds[kind as NodeKind]
      if (what !== undefined) yield { message: what }
    }
  },
}
