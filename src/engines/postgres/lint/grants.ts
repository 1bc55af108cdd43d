import type { GrantStmt, RoleSpec } from 'libpg-query'
import type { Statement } from './statement.ts'
import { allOf, as } from './tree.ts'

export interface Grant {
  readonly grant: GrantStmt
  readonly grantees: readonly RoleSpec[]
  /** In lower case; `all` for ALL PRIVILEGES. */
  readonly privileges: readonly string[]
}

/** What a statement grants, by default privileges too. Memberships in roles are something else. */
export function* grantsOf({ node }: Pick<Statement, 'node'>): Generator<Grant> {
  const grant = as(node, 'GrantStmt') ?? as(node, 'AlterDefaultPrivilegesStmt')?.action
  if (grant?.is_grant !== true) return
  const named = allOf(grant.privileges, 'AccessPriv').map(({ priv_name }) => (priv_name ?? 'all').toLowerCase())
  yield { grant, grantees: allOf(grant.grantees, 'RoleSpec'), privileges: named.length === 0 ? ['all'] : named }
}

export function roleName({ roletype, rolename = '' }: RoleSpec): string {
  return roletype === 'ROLESPEC_PUBLIC' ? 'PUBLIC' : rolename
}
