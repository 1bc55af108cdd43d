import { refusedBecause } from '../connection/failure.ts'
import { databaseOf } from '../names.ts'
import { ensureAccess } from './access.ts'
import type { Companies } from './companies.ts'
import { provisionCompany } from './provision.ts'
import { changeUser, setAccess } from './user.ts'

/**
 * Refuses the company from its next request on: each one is authenticated anew, whatever connection it comes over. Both are
 * needed: a token that was given out is valid until it expires (an hour by default), whether its user is active or not, but
 * reaches nothing without access; and access alone would leave the login. A query that runs is not ended.
 */
export async function suspendCompany({ server }: Companies, company: string): Promise<void> {
  const name = databaseOf(company)
  const user = await changeUser(server.system, name, { active: false })
  if (user === null) throw refusedBecause(server.place, `user ${name} does not exist`)
  await setAccess(server.system, name, name, 'none')
}

/** Lets the company in again, and makes what is missing of it meanwhile. */
export async function resumeCompany(companies: Companies, company: string): Promise<void> {
  await provisionCompany(companies, company)
  await ensureAccess(companies.server.system, company)
  await changeUser(companies.server.system, databaseOf(company), { active: true })
}
