import type { ProjectScope } from '../../../core/migration/scope.ts'
import type { Structure } from '../../../core/structure/object.ts'
import { listClasses, listTenantClasses } from '../classes.ts'
import type { Connection } from '../connection.ts'
import { readTenants } from '../tenants.ts'
import { describeCompany } from './company.ts'
import { describeAlias, describeClass } from './describe.ts'

/** What all companies share under '', or of each company in which classes it has a tenant. */
export async function readStructures(
  connection: Connection,
  scope: ProjectScope,
  companies: readonly string[],
): Promise<ReadonlyMap<string, Structure>> {
  return scope === 'shared' ? new Map([['', await readShared(connection)]]) : readTenantsOf(connection, companies)
}

async function readShared(connection: Connection): Promise<Structure> {
  const classes = await listClasses(connection)
  const aliases = (await connection.client.alias.listAll()) ?? []
  return [
    ...classes.flatMap(describeClass),
    ...aliases.toSorted((a, b) => (a.alias < b.alias ? -1 : 1)).map(describeAlias),
  ]
}

async function readTenantsOf(
  connection: Connection,
  companies: readonly string[],
): Promise<ReadonlyMap<string, Structure>> {
  const classes = new Map<string, Awaited<ReturnType<typeof readTenants>>>()
  // All tenants of a class are one request, and so are a few of them.
  for (const name of await listTenantClasses(connection)) classes.set(name, await readTenants(connection, name))
  return new Map(companies.map((company) => [company, describeCompany(company, classes)]))
}
