import type { StoreObservation } from '../../store.ts'
import type { Companies } from '../company/companies.ts'
import { listDatabases } from '../company/list.ts'
import { listUsers } from '../company/user.ts'
import { companyOf, databaseOf } from '../names.ts'

/** Companies of which a part is missing, and databases and users that look like a company's and are none of dbsvc's. */
export async function examinePlaces({ server, register }: Companies): Promise<StoreObservation[]> {
  const [databaseList, userList, registered] = await Promise.all([
    listDatabases(server),
    listUsers(server.system),
    register.list(),
  ])
  const databases = new Set(databaseList)
  const users = new Set(userList.map(({ user }) => user))
  const known = new Set(registered)
  const strangers = [...new Set([...databases, ...users])].filter((name) => {
    const company = companyOf(name)
    return company !== null && !known.has(company)
  })
  return [
    ...registered.flatMap((company) => halfMade(company, databases, users)),
    ...strangers.sort().map(
      (name): StoreObservation => ({
        id: 'arango-unregistered-place',
        severity: 'warning',
        message: `${[databases.has(name) ? 'database' : '', users.has(name) ? 'user' : ''].filter(Boolean).join(' and ')} ${name} is named as a company's, and dbsvc did not make it`,
        means: 'a company of that name cannot be created, and what is in it is neither migrated nor dropped',
        mend: null,
      }),
    ),
  ]
}

function halfMade(company: string, databases: ReadonlySet<string>, users: ReadonlySet<string>): StoreObservation[] {
  const name = databaseOf(company)
  const missing = [databases.has(name) ? '' : 'database', users.has(name) ? '' : 'user'].filter((part) => part !== '')
  if (missing.length === 0) return []
  return [
    {
      id: 'arango-half-made-company',
      severity: 'error',
      message: `${company} has no ${missing.join(' and no ')} in ArangoDB`,
      means: 'its creation or its removal was cut off here, or somebody removed a part of it by hand',
      mend: `dbsvc tenant create ${company}, or dbsvc tenant drop ${company}`,
    },
  ]
}
