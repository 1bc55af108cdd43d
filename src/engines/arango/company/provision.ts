import { refusedBecause } from '../connection/failure.ts'
import { databaseOf, registerCollection, sharedDatabase } from '../names.ts'
import { ensureAccess } from './access.ts'
import type { Companies } from './companies.ts'
import { createDatabase, databaseExists } from './create-database.ts'
import { ensureUser, readUser } from './user.ts'

/**
 * Gives a company its database and its user. What is missing is made, the password and the access are put right; a company that
 * is suspended stays so. @throws DBS-1107 for a database or user of that name that dbsvc has not made
 */
export async function provisionCompany(companies: Companies, company: string): Promise<void> {
  const { server, register, passwordOf } = companies
  const name = databaseOf(company)
  const passwd = await passwordOf(company)
  if (!(await register.has(company))) {
    await refuseForeign(companies, company)
    await register.add(company)
  }
  await createDatabase(server, name, [{ username: name, passwd }])
  const { active } = await ensureUser(server.system, name, passwd)
  // A removal at the same time may have taken the note away: what has none would be refused from then on as somebody else's.
  await register.add(company)
  if (active) await ensureAccess(server.system, company)
}

/** @throws DBS-1107 where there is something of the company's name that is not in the register */
export async function refuseForeign({ server, register }: Companies, company: string): Promise<void> {
  const name = databaseOf(company)
  const [database, user] = await Promise.all([databaseExists(server, name), readUser(server.system, name)])
  const things = [database ? `database ${name}` : null, user === null ? null : `user ${name}`].filter((thing) => thing)
  if (things.length === 0) return
  // Another process may have noted and made it since the register was asked.
  if (await register.has(company)) return
  throw refusedBecause(
    server.place,
    `${things.join(' and ')} exists, and dbsvc did not make it: rename or remove it, or, if it is meant to become the company's, ` +
      `insert {"_key": "${company}"} into collection ${registerCollection} of database ${sharedDatabase}`,
  )
}
