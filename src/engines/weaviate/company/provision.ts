import type { StoreCompany } from '../../store.ts'
import { listTenantClasses } from '../classes.ts'
import type { Connection } from '../connection.ts'
import { readRecords, removeRecord, writeRecords } from '../record.ts'
import { createTenants, setTenants } from '../tenants.ts'

/**
 * Gives each company its record and a tenant in every multi-tenant class. The record comes first and the classes are listed after it:
 * a migration that makes a class at the same time finds either the record or the tenants.
 */
export async function provision(connection: Connection, companies: readonly StoreCompany[]): Promise<void> {
  await writeBudgets(connection, companies)
  const names = companies.map(({ company }) => company)
  const suspended = await readSuspended(connection)
  for (const className of await listTenantClasses(connection)) {
    await createTenants(connection, className, names, suspended)
  }
}

/** Puts on record how many objects each may have. */
export async function writeBudgets(connection: Connection, companies: readonly StoreCompany[]): Promise<void> {
  await writeRecords(
    connection,
    companies.map(({ company, limits }) => ({
      kind: 'company',
      subject: company,
      value: { vectorObjects: limits.vectorObjects },
    })),
  )
}

/** Deactivates the company's tenants: the server then refuses reads and writes of them, in connections that are open too. */
export async function suspend(connection: Connection, company: string): Promise<void> {
  await writeRecords(connection, [{ kind: 'suspended', subject: company, value: true }])
  for (const className of await listTenantClasses(connection)) {
    await setTenants(connection, className, [company], 'INACTIVE')
  }
}

export async function resume(connection: Connection, company: StoreCompany): Promise<void> {
  await removeRecord(connection, 'suspended', company.company)
  await provision(connection, [company])
  for (const className of await listTenantClasses(connection)) {
    await setTenants(connection, className, [company.company], 'ACTIVE')
  }
}

/** Companies that are suspended. */
export async function readSuspended(connection: Connection): Promise<ReadonlySet<string>> {
  return new Set((await readRecords(connection, 'suspended')).keys())
}
