import { inParallel } from '../../in-parallel.ts'
import { concurrency } from '../concurrency.ts'
import { databaseOf } from '../names.ts'
import { type CompanyLimits, onClusterClause, type Place, rows, run } from '../place.ts'
import { quoteName } from '../sql/quote.ts'
import { grantStatements, profileStatements, quotaStatements, unlockStatement, userStatements } from './access.ts'
import { createSharedDatabase, protectSharedTables } from './shared-tables.ts'

/** Gives companies their databases and, where there is access control, their users. What is there stays as it is. */
export async function provision(place: Place, companies: readonly CompanyLimits[]): Promise<void> {
  await createSharedDatabase(place)
  await protectSharedTables(place)
  await inParallel(companies, concurrency, (company) => provisionOne(place, company))
}

async function provisionOne(place: Place, { company, limits }: CompanyLimits): Promise<void> {
  const on = onClusterClause(place)
  await run(place, `CREATE DATABASE IF NOT EXISTS ${quoteName(databaseOf(company))}${on} ENGINE = Atomic`)
  if (!place.hasAccessControl) return
  const statements = [
    ...profileStatements(company, limits, on),
    ...userStatements(company, await place.passwordOf(company), on),
    ...quotaStatements(company, limits, on),
  ]
  for (const statement of statements) await run(place, statement)
  // A suspended company has no host to come from; a repetition must not give it its rights back.
  if (await isSuspended(place, company)) return
  for (const statement of grantStatements(company, on)) await run(place, statement)
}

async function isSuspended(place: Place, company: string): Promise<boolean> {
  const found = await rows(
    place,
    `SELECT name FROM system.users WHERE name = {name:String} AND empty(host_ip) AND empty(host_names)
     AND empty(host_names_regexp) AND empty(host_names_like)`,
    { parameters: { name: databaseOf(company) } },
  )
  return found.length > 0
}

/** Lets a suspended company in again. */
export async function resume(place: Place, company: CompanyLimits): Promise<void> {
  if (place.hasAccessControl) {
    // The user may be gone; with the host alone its rights would be missing.
    await provision(place, [company])
    await run(place, unlockStatement(company.company, onClusterClause(place)))
  }
  await provision(place, [company])
}

export async function applyLimits(place: Place, { company, limits }: CompanyLimits): Promise<void> {
  if (!place.hasAccessControl) return
  const on = onClusterClause(place)
  for (const statement of [...profileStatements(company, limits, on), ...quotaStatements(company, limits, on)]) {
    await run(place, statement)
  }
}
