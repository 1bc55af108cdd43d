import { rotateContextKey } from '../../engines/postgres/context/key-ring.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import { clusterName } from '../../engines/postgres/migration/render.ts'
import type { Session } from '../session.ts'

/** Signs with a new key from now on; running processes follow within seconds. @throws DBS-1406, DBS-1601 */
export async function rotateKey({
  client,
  place,
  project,
}: Session): Promise<{ keyId: string; previous: string | null }> {
  await requireControl(client, place)
  return rotateContextKey(client, project.secretStore, clusterName)
}
