import type { StoreObservation } from '../../store.ts'
import type { Companies } from '../company/companies.ts'
import { examineAccess } from './access.ts'
import { examineCredentials } from './credentials.ts'
import { examinePlaces } from './places.ts'
import { examineReplication } from './replication.ts'
import { examineOptions } from './server-options.ts'

/** Looks for what is wrong with the server and with what dbsvc has set up there. */
export async function examineServer(companies: Companies): Promise<StoreObservation[]> {
  const { server } = companies
  const found = await Promise.all([
    examineCredentials(server),
    examineAccess(server),
    examinePlaces(companies),
    examineReplication(server),
    examineOptions(server),
  ])
  return found.flat()
}
