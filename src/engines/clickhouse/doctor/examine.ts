import type { StoreObservation } from '../../store.ts'
import type { Place } from '../place.ts'
import { examineAccess } from './access.ts'
import { examineLeftovers } from './leftovers.ts'
import { examineServer } from './server.ts'
import { examineSharedTables } from './shared-tables.ts'

/** Looks for what is wrong with the server, and with the users and policies that dbsvc has made there. */
export async function examine(place: Place): Promise<StoreObservation[]> {
  const found = [await examineServer(place), await examineSharedTables(place), await examineLeftovers(place)]
  if (place.hasAccessControl) found.push(await examineAccess(place))
  return found.flat()
}
