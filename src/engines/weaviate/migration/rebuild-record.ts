import type { Connection } from '../connection.ts'
import { findRecord, readRecord, removeRecord, writeRecords } from '../record.ts'
import { readTenants, setTenants } from '../tenants.ts'

/**
 * Tenants that are not active have to be for as long as they are copied. Which ones these are is put on record before the first is
 * touched, so that the run that ends the rebuild puts them back, whichever that is.
 */
export async function beginRebuild(
  connection: Connection,
  from: string,
  to: string,
  hasTenants: boolean,
): Promise<ReadonlySet<string>> {
  const known = await readRecord(connection, 'rebuild', to)
  if (known !== undefined) return inactiveIn(known)
  const tenants = hasTenants ? [...(await readTenants(connection, from))] : []
  const inactive = tenants.filter(([, status]) => status !== 'ACTIVE').map(([name]) => name)
  await writeRecords(connection, [{ kind: 'rebuild', subject: to, value: { inactive } }])
  return new Set(inactive)
}

/** Notes, in the server's own time, that from now on the old class may hold what no pass has seen. */
export async function markSwitch(connection: Connection, to: string): Promise<void> {
  await writeRecords(connection, [{ kind: 'switch', subject: to, value: true }])
}

/** When that was, in milliseconds since 1970 with room for clocks of nodes that differ; 0 where it was not noted. */
export async function readSwitch(connection: Connection, to: string): Promise<number> {
  const room = 60_000
  return Math.max(0, ((await findRecord(connection, 'switch', to))?.writtenAt ?? 0) - room)
}

export async function endRebuild(connection: Connection, to: string): Promise<void> {
  const known = await readRecord(connection, 'rebuild', to)
  if (known === undefined) return
  await setTenants(connection, to, [...inactiveIn(known)], 'INACTIVE')
  await removeRecord(connection, 'switch', to)
  await removeRecord(connection, 'rebuild', to)
}

function inactiveIn(value: unknown): ReadonlySet<string> {
  const list = typeof value === 'object' && value !== null && 'inactive' in value ? value.inactive : []
  return new Set(Array.isArray(list) ? list.map(String) : [])
}
