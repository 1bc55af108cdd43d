import { anyAnswer } from '../connection/database.ts'
import { apiPath, databaseOf, sharedDatabase } from '../names.ts'
import type { Companies } from './companies.ts'
import { databaseExists } from './create-database.ts'
import { refuseForeign } from './provision.ts'
import { countSharedDocuments, removeSharedDocuments } from './shared-documents.ts'
import { readUser, removeUser } from './user.ts'

/**
 * Removes the company's user, then its database and its documents in shared collections. The register is the last to forget it,
 * so that an interrupted removal can go on. @throws DBS-1107 for a database or user of that name that dbsvc has not made
 */
export async function deprovisionCompany(companies: Companies, company: string): Promise<void> {
  const { server, register } = companies
  const name = databaseOf(company)
  if (!(await register.has(company))) await refuseForeign(companies, company)
  await removeUser(server.system, name)
  await server.system.find({ method: 'DELETE', path: apiPath`/_api/database/${name}` }, anyAnswer)
  await removeSharedDocuments(server.database(sharedDatabase), company)
  await register.remove(company)
  // Made again meanwhile: whoever makes it may have noted it before the note was removed.
  const [database, user] = await Promise.all([databaseExists(server, name), readUser(server.system, name)])
  if (database || user !== null) await register.add(company)
}

/** What is left of a company, each thing by name. */
export async function findRemains({ server, register }: Companies, company: string): Promise<string[]> {
  const name = databaseOf(company)
  const [database, user, shared, isRegistered] = await Promise.all([
    databaseExists(server, name),
    readUser(server.system, name),
    countSharedDocuments(server.database(sharedDatabase), company),
    register.has(company),
  ])
  return [
    ...(database ? [`database ${name}`] : []),
    ...(user === null ? [] : [`user ${name}`]),
    ...[...shared].map(([collection, count]) => `${count} documents in ${sharedDatabase}.${collection}`),
    ...(isRegistered ? [`the note of ${company} in dbsvc's register`] : []),
  ]
}
