import type { StoreCompany } from '../../store.ts'
import { renderRights } from '../acl/rights.ts'
import { parseUser } from '../acl/user.ts'
import { budgetsKey, userOf } from '../names.ts'
import { runAll } from '../pipeline.ts'
import { saveUsers } from '../save-users.ts'
import type { Session } from '../session.ts'

/**
 * Makes the companies' users, or gives those that exist exactly the rights they should have. One that is suspended stays so: only
 * `resume` lets a company back in.
 */
export async function provision(session: Session, companies: readonly StoreCompany[]): Promise<void> {
  const replies = await runAll(
    session.client,
    companies.map(({ company }) => ['ACL', 'GETUSER', userOf(company)]),
  )
  const wanted = companies.filter((_, at) => parseUser(replies[at])?.isOn !== false)
  await switchOn(session, wanted)
}

/** Each user is made in one command, with everything: there is no half of one. */
export async function switchOn(session: Session, companies: readonly StoreCompany[]): Promise<void> {
  if (companies.length === 0) return
  const dialect = await session.dialect()
  const users = await Promise.all(
    companies.map(async ({ company }) => {
      const rules = renderRights(company, await session.passwordOf(company), dialect, 'on')
      return ['ACL', 'SETUSER', userOf(company), ...rules]
    }),
  )
  await runAll(session.client, [...users, renderBudgets(companies)])
  await saveUsers(session.client)
}

export const renderBudgets = (companies: readonly StoreCompany[]): (string | number)[] => [
  'HSET',
  budgetsKey,
  ...companies.flatMap(({ company, limits }) => [company, limits.cacheKeys]),
]
