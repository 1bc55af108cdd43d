import { listTenantClasses } from '../classes.ts'
import type { Connection } from '../connection.ts'
import { readTenants } from '../tenants.ts'

export interface ObjectCount {
  /** In tenants that can be read. */
  readonly objects: number
  /** Classes whose tenant of the company is not active, so that its objects cannot be counted. */
  readonly unread: readonly string[]
}

/** Counts the company's objects, exactly: a request for each class. */
export async function countObjects(connection: Connection, company: string): Promise<ObjectCount> {
  let objects = 0
  const unread: string[] = []
  for (const className of await listTenantClasses(connection)) {
    const status = (await readTenants(connection, className, [company])).get(company)
    if (status === 'ACTIVE') objects += await connection.client.collections.use(className).withTenant(company).length()
    else if (status !== undefined) unread.push(className)
  }
  return { objects, unread }
}
