import { type ClassDefinition, isMultiTenant, listClasses, nameOf } from '../classes.ts'
import { readSuspended } from '../company/provision.ts'
import type { Connection } from '../connection.ts'
import { readRecords } from '../record.ts'
import { readTenants, type TenantStatus } from '../tenants.ts'

/** What every check looks at, read once. */
export interface Sight {
  readonly connection: Connection
  readonly classes: readonly ClassDefinition[]
  /** Of each multi-tenant class. */
  readonly tenants: ReadonlyMap<string, ReadonlyMap<string, TenantStatus>>
  readonly suspended: ReadonlySet<string>
  /** On record. */
  readonly companies: ReadonlySet<string>
  readonly nodes: Awaited<ReturnType<Connection['client']['cluster']['nodes']>>
}

export async function takeSight(connection: Connection): Promise<Sight> {
  const classes = await listClasses(connection)
  const tenants = new Map<string, ReadonlyMap<string, TenantStatus>>()
  for (const name of classes.filter(isMultiTenant).map(nameOf)) {
    tenants.set(name, await readTenants(connection, name))
  }
  return {
    connection,
    classes,
    tenants,
    suspended: await readSuspended(connection),
    companies: new Set((await readRecords(connection, 'company')).keys()),
    nodes: await connection.client.cluster.nodes({ output: 'minimal' }),
  }
}
