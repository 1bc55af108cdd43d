import type { Connection } from '../connection.ts'
import { refusal } from '../failure.ts'
import { type FailedObject, listObjects, type StoredObject, writeObjects } from '../objects.ts'
import type { CopyPass, Rebuild, RebuildContext } from './copy-pass.ts'
import { isMissingTarget, lacksReferences, withLiveReferences, withoutReferences } from './references.ts'
import { renewed } from './renew.ts'
import { sideBySide } from './side-by-side.ts'

/** Clocks of two nodes of a cluster may differ by this much. */
const clockRoomMs = 60_000
const batchSize = 100

/**
 * Writes to the new class what it does not have, or has from before the old class's was written; and in a pass that removes, takes away
 * what the old class does not have any more. Both list their objects in the order of their ids, so that nothing has to be remembered.
 */
export async function copyObjects(pass: CopyPass, tenant: string | undefined, context: RebuildContext): Promise<void> {
  const postponed = await copyOnce(pass, tenant, context, ({ connection }, objects) =>
    writeObjects(connection, objects.map(withoutReferences)),
  )
  if (!postponed) return
  // Everything is there now: what still leads nowhere did so in the old class.
  await copyOnce(pass, tenant, context, async ({ connection }, objects) => {
    const live: StoredObject[] = []
    for (const object of objects) live.push(await withLiveReferences(connection, object))
    return writeObjects(connection, live)
  })
}

type WriteAgain = (context: RebuildContext, objects: readonly StoredObject[]) => Promise<readonly FailedObject[]>

/** `again` writes those that refer to what is not there. @returns whether there were any */
async function copyOnce(
  { rebuild, since, removes }: CopyPass,
  tenant: string | undefined,
  context: RebuildContext,
  again: WriteAgain,
): Promise<boolean> {
  const { connection, signal } = context
  const where = tenant === undefined ? {} : { tenant }
  const olds = listObjects(connection, { className: rebuild.from, vectors: true, ...where })
  const copies = listObjects(connection, { className: rebuild.to.class, vectors: false, ...where })
  let due: StoredObject[] = []
  let postponed = false
  const write = async (): Promise<void> => {
    postponed = (await writeAll(context, rebuild, due, again)) || postponed
    due = []
  }
  for await (const { left: old, right: copy } of sideBySide(olds, copies)) {
    signal.throwIfAborted()
    if (old === undefined) {
      if (copy !== undefined && removes) await removeCopy(connection, copy, tenant)
    } else {
      const object = renewed(old, rebuild)
      if (isDue(old, copy, since) || lacksReferencesSince(old, object, copy, since)) due.push(object)
    }
    if (due.length === batchSize) await write()
  }
  await write()
  return postponed
}

function isDue(
  { lastUpdateTimeUnix: writtenAt = 0 }: StoredObject,
  copy: StoredObject | undefined,
  since: number,
): boolean {
  // After the switch a write to the new class is newer than any to the old one.
  const room = since === 0 ? clockRoomMs : 0
  return writtenAt >= since && (copy === undefined || (copy.lastUpdateTimeUnix ?? 0) <= writtenAt + room)
}

const lacksReferencesSince = (
  { lastUpdateTimeUnix: writtenAt = 0 }: StoredObject,
  object: StoredObject,
  copy: StoredObject | undefined,
  since: number,
): boolean => writtenAt >= since && copy !== undefined && lacksReferences(object.properties, copy.properties)

async function removeCopy({ client }: Connection, copy: StoredObject, tenant: string | undefined): Promise<void> {
  const collection = client.collections.use(copy.class)
  await (tenant === undefined ? collection : collection.withTenant(tenant)).data.deleteById(copy.id)
}

async function writeAll(
  context: RebuildContext,
  rebuild: Rebuild,
  objects: readonly StoredObject[],
  again: WriteAgain,
): Promise<boolean> {
  const failed = await writeObjects(context.connection, objects)
  const early = new Set(failed.filter(isMissingTarget).map(({ id }) => id))
  const refused = failed.filter(({ id }) => !early.has(id))
  if (early.size > 0) {
    refused.push(
      ...(await again(
        context,
        objects.filter(({ id }) => early.has(id)),
      )),
    )
  }
  const [first] = refused
  if (first === undefined) return early.size > 0
  const others = refused.length === 1 ? '' : ` and ${refused.length - 1} more`
  throw refusal(context.connection.place, `${rebuild.to.class} does not take ${first.id}${others}: ${first.reason}`)
}
