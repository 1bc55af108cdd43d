import { z } from 'zod'
import type { StoreObservation } from '../../store.ts'
import type { ArangoServer } from '../connection/server.ts'
import { apiPath } from '../names.ts'

const role = z.looseObject({ role: z.string() })
const properties = z.looseObject({
  replicationFactor: z.union([z.number(), z.string()]).optional(),
  writeConcern: z.number().optional(),
})

/** In a cluster: whether the users, and with them all databases of companies, outlive one server. */
export async function examineReplication(server: ArangoServer): Promise<StoreObservation[]> {
  const { role: found } = await server.system.send({ path: '/_admin/server/role' }, role)
  if (found !== 'COORDINATOR') return []
  const users = await server.system.find({ path: apiPath`/_api/collection/${'_users'}/properties` }, properties)
  const { replicationFactor = 1, writeConcern = 1 } = users ?? {}
  if (typeof replicationFactor !== 'number') return []
  if (replicationFactor < 2) {
    return [
      {
        id: 'arango-single-copy',
        severity: 'error',
        message: `the system collections of the cluster at ${server.place} have one copy`,
        means: 'when its database server is lost, nobody can log in any more',
        mend: 'arangosh: db._collection("_users").properties({replicationFactor: 2}); and start coordinators with --cluster.default-replication-factor 2',
      },
    ]
  }
  if (writeConcern > 1) return []
  return [
    {
      id: 'arango-write-concern',
      severity: 'info',
      message: `writes of the cluster at ${server.place} are confirmed by one copy`,
      means: 'what was confirmed is lost with its server when that goes before the others have it',
      mend: 'start coordinators with --cluster.write-concern 2',
    },
  ]
}
