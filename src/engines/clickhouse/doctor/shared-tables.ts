import type { StoreObservation } from '../../store.ts'
import { companyTables, protectSharedTables, readProtection } from '../company/shared-tables.ts'
import { insertConstraint, restrictivePolicy, sharedDatabase } from '../names.ts'
import { type Place, rows } from '../place.ts'

/** Of the shared tables: each that holds rows of companies is closed for reading and for writing. */
export async function examineSharedTables(place: Place): Promise<StoreObservation[]> {
  const tables = await companyTables(place)
  if (tables.length === 0) return []
  const fix = (): Promise<void> => protectSharedTables(place)
  const found: StoreObservation[] = []
  const has = await readProtection(place)
  for (const table of tables.filter((name) => !has.has(`constraint ${name}`))) {
    found.push({
      id: 'clickhouse-open-insert',
      severity: 'error',
      message: `${sharedDatabase}.${table} has no constraint ${insertConstraint}`,
      means: 'a company can write rows in the name of another; row policies hold for reading alone',
      mend: 'dbsvc doctor --fix',
      fix,
    })
  }
  if (!place.hasAccessControl) return found
  const policies = await readPolicies(place)
  for (const table of tables) {
    const own = policies.filter((policy) => policy.table === table)
    if (own.some(({ restrictive, all }) => restrictive === 1 && all === 1)) continue
    const has = own.length === 0 ? 'no row policy' : 'row policies, but no restrictive one for everybody'
    found.push({
      id: 'clickhouse-open-row-policy',
      severity: 'error',
      message: `${sharedDatabase}.${table} has ${has}`,
      means: 'a user whom no policy names reads the rows of every company',
      mend: 'dbsvc doctor --fix',
      fix,
    })
  }
  return found
}

interface Policy {
  readonly table: string
  readonly restrictive: number
  readonly all: number
}

/** A restrictive policy of somebody else's may be narrower than dbsvc's; that only shows less. */
function readPolicies(place: Place): Promise<Policy[]> {
  return rows<Policy>(
    place,
    `SELECT table, short_name = {name:String} AND is_restrictive AS restrictive, apply_to_all AS all
     FROM system.row_policies WHERE database = {database:String}`,
    { parameters: { database: sharedDatabase, name: restrictivePolicy } },
  )
}
