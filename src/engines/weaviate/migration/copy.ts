import type { Connection } from '../connection.ts'
import { refusal } from '../failure.ts'
import { listObjects, type StoredObject, writeObjects } from '../objects.ts'
import type { CopyPass, Rebuild, RebuildContext } from './copy-pass.ts'
import { renewed } from './renew.ts'
import { sideBySide } from './side-by-side.ts'

/** Clocks of two nodes of a cluster may differ by this much. */
const clockRoomMs = 60_000
const batchSize = 100

/**
 * Writes to the new class what it does not have, or has from before the old class's was written; and in a pass that removes, takes away
 * what the old class does not have any more. Both list their objects in the order of their ids, so that nothing has to be remembered.
 */
export async function copyObjects(
  { rebuild, since, removes }: CopyPass,
  tenant: string | undefined,
  { connection, signal }: RebuildContext,
): Promise<void> {
  const where = tenant === undefined ? {} : { tenant }
  const olds = listObjects(connection, { className: rebuild.from, vectors: true, ...where })
  const copies = listObjects(connection, { className: rebuild.to.class, vectors: false, ...where })
  // After the switch a write to the new class is newer than any to the old one.
  const room = since === 0 ? clockRoomMs : 0
  let due: StoredObject[] = []
  for await (const { left: old, right: copy } of sideBySide(olds, copies)) {
    signal.throwIfAborted()
    if (old === undefined) {
      if (copy !== undefined && removes) await removeCopy(connection, copy, tenant)
    } else if (isDue(old, copy, since, room)) due.push(old)
    if (due.length === batchSize) {
      await writeAll(connection, rebuild, due)
      due = []
    }
  }
  await writeAll(connection, rebuild, due)
}

function isDue(old: StoredObject, copy: StoredObject | undefined, since: number, room: number): boolean {
  const writtenAt = old.lastUpdateTimeUnix ?? 0
  return writtenAt >= since && (copy === undefined || (copy.lastUpdateTimeUnix ?? 0) <= writtenAt + room)
}

async function removeCopy({ client }: Connection, copy: StoredObject, tenant: string | undefined): Promise<void> {
  const collection = client.collections.use(copy.class)
  await (tenant === undefined ? collection : collection.withTenant(tenant)).data.deleteById(copy.id)
}

async function writeAll(connection: Connection, rebuild: Rebuild, objects: readonly StoredObject[]): Promise<void> {
  const failures = await writeObjects(
    connection,
    objects.map((object) => renewed(object, rebuild)),
  )
  const [first] = failures
  if (first === undefined) return
  const others = failures.length === 1 ? '' : ` and ${failures.length - 1} more`
  throw refusal(connection.place, `${rebuild.to.class} does not take ${first.id}${others}: ${first.reason}`)
}
