import { companyProperty, isMultiTenant, isShared, listClasses, nameOf } from '../classes.ts'
import type { Connection } from '../connection.ts'
import { type RecordKind, readRecord, removeRecord } from '../record.ts'
import { readTenants, removeTenant } from '../tenants.ts'
import { countRows, removeRows } from './rows.ts'

/** Of a company, in the order they are removed: with the last one gone nothing tells that it ever had a place. */
const records: readonly RecordKind[] = ['suspended', 'company']

/** Removes the company's tenants, its rows in shared classes, and what is on record of it. */
export async function deprovision(connection: Connection, company: string): Promise<void> {
  for (const definition of await listClasses(connection)) {
    if (isMultiTenant(definition)) await removeTenant(connection, nameOf(definition), company)
    else if (isShared(definition)) await removeRows(connection, definition, company)
  }
  for (const kind of records) await removeRecord(connection, kind, company)
}

export async function findRemains(connection: Connection, company: string): Promise<readonly string[]> {
  const remains: string[] = []
  for (const definition of await listClasses(connection)) {
    const name = nameOf(definition)
    if (isMultiTenant(definition)) {
      if ((await readTenants(connection, name, [company])).has(company)) remains.push(`tenant ${company} in ${name}`)
    } else if (isShared(definition)) {
      const count = await countRows(connection, definition, company)
      if (count > 0) remains.push(`${count} objects with ${companyProperty} ${company} in ${name}`)
    }
  }
  for (const kind of records) {
    if ((await readRecord(connection, kind, company)) !== undefined) remains.push(`record ${kind} of ${company}`)
  }
  return remains
}
