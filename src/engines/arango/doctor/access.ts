import { inParallel } from '../../in-parallel.ts'
import type { StoreObservation } from '../../store.ts'
import { readForeignAccess, restrictAccess } from '../company/access.ts'
import { listUsers, readAccess } from '../company/user.ts'
import { concurrency } from '../concurrency.ts'
import type { ArangoServer } from '../connection/server.ts'
import { companyOf, systemDatabase } from '../names.ts'

/** Users that reach what is not theirs. The one that dbsvc connects as, and root, reach everything by design. */
export async function examineAccess(server: ArangoServer): Promise<StoreObservation[]> {
  const users = (await listUsers(server.system)).map(({ user }) => user)
  const examined = users.filter((user) => user !== server.user && user !== 'root')
  const found = await inParallel(examined, concurrency, (user) => {
    const company = companyOf(user)
    return company === null ? examineOther(server, user) : examineCompany(server, company)
  })
  return found.flat()
}

async function examineCompany(server: ArangoServer, company: string): Promise<StoreObservation[]> {
  const foreign = await readForeignAccess(server.system, company)
  if (foreign.length === 0) return []
  return [
    {
      id: 'arango-company-reaches-further',
      severity: 'error',
      message: `the user of ${company} has access beyond its own database: ${named(foreign)}`,
      means: `${company} reads, and may change, what is not its own`,
      mend: 'dbsvc doctor --fix',
      fix: async () => void (await restrictAccess(server.system, company)),
    },
  ]
}

async function examineOther(server: ArangoServer, user: string): Promise<StoreObservation[]> {
  const access = await readAccess(server.system, user)
  const companies = [...access.keys()].filter((database) => companyOf(database) !== null)
  const observations: StoreObservation[] = []
  // The wildcard opens `_system` too, so that taking that back alone would mend nothing.
  const opening = access.has('*') ? '*' : access.get(systemDatabase) === 'rw' ? systemDatabase : null
  if (opening !== null) {
    observations.push({
      id: 'arango-open-grant',
      severity: 'error',
      message:
        opening === '*'
          ? `user ${user} has access to every database that has no grant of its own for it`
          : `user ${user} may manage databases and users`,
      means: 'the place of every company is open to this user, also of those that are still to come',
      mend: `in arangosh: require("@arangodb/users").revokeDatabase("${user}", "${opening}")`,
    })
  } else if (companies.length > 0) {
    observations.push({
      id: 'arango-shared-database',
      severity: 'warning',
      message: `user ${user} has access to ${named(companies)}`,
      means: 'somebody beside the company reaches its data, and dbsvc knows nothing of it',
      mend: companies
        .slice(0, 5)
        .map((database) => `in arangosh: require("@arangodb/users").revokeDatabase("${user}", "${database}")`)
        .join('; '),
    })
  }
  return observations
}

function named(databases: readonly string[]): string {
  const names = databases.slice(0, 5).map((name) => (name === '*' ? 'every database without a grant (*)' : name))
  return names.join(', ') + (databases.length > 5 ? ` and ${databases.length - 5} more` : '')
}
