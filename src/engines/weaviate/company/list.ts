import { listTenantClasses } from '../classes.ts'
import type { Connection } from '../connection.ts'
import { readRecords } from '../record.ts'
import { readTenants } from '../tenants.ts'

// A tenant of any other name is not one that dbsvc has made.
const shape = /^[a-z][a-z0-9_]{0,47}$/

/** Companies that have a record or a tenant, by name. */
export async function listCompanies(connection: Connection): Promise<readonly string[]> {
  const found = new Set((await readRecords(connection, 'company')).keys())
  for (const className of await listTenantClasses(connection)) {
    for (const name of (await readTenants(connection, className)).keys()) found.add(name)
  }
  return [...found].filter((name) => shape.test(name)).toSorted()
}
