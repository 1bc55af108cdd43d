import { retireContextKey } from '../../engines/postgres/context/key-ring.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import { clusterName } from '../../engines/postgres/migration/render.ts'
import type { Session } from '../session.ts'

/** Stops accepting a key once every context signed with it has expired. @throws DBS-1406, DBS-1602, DBS-1603, DBS-1605 */
export async function retireKey(
  { client, place, project }: Session,
  keyId: string,
  afterMs: number,
): Promise<{ keyId: string; retiresAt: Date }> {
  await requireControl(client, place)
  const { retiresAt } = await retireContextKey(client, project.secretStore, clusterName, keyId, afterMs)
  return { keyId, retiresAt }
}
