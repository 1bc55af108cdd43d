import type { StoreObservation } from '../../store.ts'
import type { Connection } from '../connection.ts'
import { examineClasses } from './classes.ts'
import { examineCompanies } from './companies.ts'
import { examineBudgets, examineLeftovers } from './leftovers.ts'
import { examineAccess, examineNodes, examineShards } from './server.ts'
import { takeSight } from './sight.ts'

/** Everything that is wrong, the server first. */
export async function examineServer(connection: Connection): Promise<readonly StoreObservation[]> {
  const sight = await takeSight(connection)
  return [
    ...(await examineAccess(sight)),
    ...examineNodes(sight),
    ...(await examineShards(sight)),
    ...examineClasses(sight),
    ...examineCompanies(sight),
    ...(await examineLeftovers(sight)),
    ...(await examineBudgets(sight)),
  ]
}
