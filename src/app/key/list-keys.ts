import { type ContextKey, listContextKeys } from '../../engines/postgres/context/key-ring.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import { clusterName } from '../../engines/postgres/migration/render.ts'
import type { Session } from '../session.ts'

/** The cluster's context keys, the youngest first. @throws DBS-1406 where the cluster is not set up */
export async function listKeys({ client, place, project }: Session): Promise<ContextKey[]> {
  await requireControl(client, place)
  return listContextKeys(client, project.secretStore, clusterName)
}
