import { findClass } from './classes.ts'
import type { Connection } from './connection.ts'
import { hasStatus } from './failure.ts'

export type TenantStatus = 'ACTIVE' | 'INACTIVE' | 'OFFLOADED'

/** The tenants of a class by name; with `names`, those of them that are there. A transition counts as its end. */
export async function readTenants(
  connection: Connection,
  className: string,
  names?: readonly string[],
): Promise<Map<string, TenantStatus>> {
  const found =
    names?.length === 1 ? await readOne(connection, className, names[0] ?? '') : await readAll(connection, className)
  const wanted = names === undefined ? null : new Set(names)
  return new Map(
    found.flatMap(({ name = '', activityStatus = '' }) =>
      wanted === null || wanted.has(name) ? [[name, statusOf(activityStatus)]] : [],
    ),
  )
}

type FoundTenant = { readonly name?: string; readonly activityStatus?: string }

/** Over REST, as everything here: a gRPC call to a server that is gone is retried for half a minute, with warnings printed. */
const readAll = ({ rest }: Connection, className: string): Promise<readonly FoundTenant[]> =>
  rest.schema.tenantsGetter(className).do()

async function readOne({ client }: Connection, className: string, name: string): Promise<readonly FoundTenant[]> {
  const found = await client.collections.use(className).tenants.getByName(name)
  return found === null ? [] : [found]
}

/** Creates those that are missing and leaves the others as they are. Does nothing in a class that has been removed meanwhile. */
export async function createTenants(
  connection: Connection,
  className: string,
  names: readonly string[],
  inactive: ReadonlySet<string>,
): Promise<void> {
  await whileThere(connection, className, async () => {
    const present = await readTenants(connection, className, names)
    const missing = names.filter((name) => !present.has(name))
    if (missing.length === 0) return
    await connection.rest.schema
      .tenantsCreator(
        className,
        missing.map((name) => ({ name, activityStatus: inactive.has(name) ? 'COLD' : 'HOT' })),
      )
      .do()
  })
}

/** Sets those that are there. */
export async function setTenants(
  connection: Connection,
  className: string,
  names: readonly string[],
  status: 'ACTIVE' | 'INACTIVE',
): Promise<void> {
  await whileThere(connection, className, async () => {
    const present = await readTenants(connection, className, names)
    const others = [...present].filter(([, found]) => found !== status).map(([name]) => name)
    // The server takes a hundred at a time.
    for (let start = 0; start < others.length; start += 100) {
      const some = others.slice(start, start + 100)
      await connection.client.collections
        .use(className)
        .tenants.update(some.map((name) => ({ name, activityStatus: status })))
    }
  })
}

/** Removes it with its data, in whatever state it is. */
export async function removeTenant(connection: Connection, className: string, name: string): Promise<void> {
  await whileThere(connection, className, () => connection.client.collections.use(className).tenants.remove(name))
}

/** What fails because the class is gone has nothing left to do; what fails because a tenant came or went is done again. */
async function whileThere(connection: Connection, className: string, work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if ((await findClass(connection, className)) === undefined) return
      if (attempt === 3 || !hasStatus(error, 404, 409, 422)) throw error
    }
  }
}

function statusOf(status: string): TenantStatus {
  if (status === 'ACTIVE' || status === 'ACTIVATING' || status === 'HOT') return 'ACTIVE'
  return status === 'OFFLOADED' || status === 'OFFLOADING' ? 'OFFLOADED' : 'INACTIVE'
}
