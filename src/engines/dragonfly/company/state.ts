import type { StoreCompany } from '../../store.ts'
import { renderNoRights } from '../acl/rights.ts'
import { readUser } from '../acl/user.ts'
import { isReply } from '../errors.ts'
import { userOf } from '../names.ts'
import { saveUsers } from '../save-users.ts'
import type { Session } from '../session.ts'
import { renderBudgets, switchOn } from './provision.ts'

/** Takes the company's user all rights and closes its connections. A company without a user is refused already. */
export async function suspend(session: Session, company: string): Promise<void> {
  const user = userOf(company)
  if ((await readUser(session.client, user)) === null) return
  await session.client.call('ACL', 'SETUSER', user, ...renderNoRights(await session.dialect()))
  await closeConnections(session, user)
  await saveUsers(session.client)
}

/** Switches the company's user on, and makes one where a restart has lost it. */
export async function resume(session: Session, company: StoreCompany): Promise<void> {
  await switchOn(session, [company])
}

/** A company without a place has no limits. */
export async function applyLimits(session: Session, company: StoreCompany): Promise<void> {
  if ((await readUser(session.client, userOf(company.company))) === null) return
  const [name, ...args] = renderBudgets([company])
  await session.client.call(String(name), ...args)
}

async function closeConnections({ client }: Session, user: string): Promise<void> {
  try {
    await client.call('CLIENT', 'KILL', 'USER', user)
  } catch (error) {
    // DragonflyDB does not have USER here: it has closed them when the user's channels were taken away. And the user may be gone.
    if (!isReply(error) || !/syntax error|No such user/i.test(error.message)) throw error
  }
}
