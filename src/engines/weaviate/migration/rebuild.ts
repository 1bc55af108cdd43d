import { type ClassDefinition, findClass, isMultiTenant, listClasses, nameOf } from '../classes.ts'
import { refusal } from '../failure.ts'
import { moveAlias, readAlias } from './alias.ts'
import type { Rebuild, RebuildContext } from './copy-pass.ts'
import { copyTenants } from './copy-tenants.ts'
import { createClass } from './create-class.ts'
import { beginRebuild, endRebuild, markSwitch, readSwitch } from './rebuild-record.ts'

/**
 * Changes what Weaviate cannot change in place: makes the class `to`, copies every tenant's objects from `from` under their ids, moves
 * the alias at once, and removes `from`. Killed at any point and run again it goes on: what has been copied is compared and not written
 * again.
 *
 * Writes through the alias go on meanwhile. Just before the switch a second pass brings over what was written and removed since the
 * first one began; after it a third brings over what was still written to the old class. So nothing that was written is lost. An
 * object that is removed between the second pass and the third may come back, and times of creation are those of the copy.
 *
 * @throws DBS-1107 where the alias stands for another class, the new class is another one, or a third class refers to the old one
 */
export async function rebuildClass(rebuild: Rebuild, context: RebuildContext): Promise<void> {
  const { connection } = context
  const { alias, from, to } = rebuild
  const target = await readAlias(connection, alias)
  const old = await findClass(connection, from)
  await requirePossible(rebuild, target, old, context)
  await createClass(to, context)
  if (old !== undefined) {
    const inactive = await beginRebuild(connection, from, to.class, isMultiTenant(old))
    const copy = { rebuild, hasTenants: isMultiTenant(old), inactive }
    if (target === from) {
      await copyTenants({ ...copy, since: 0, removes: false }, context)
      await markSwitch(connection, to.class)
      await copyTenants({ ...copy, since: 0, removes: true }, context)
      await moveAlias({ alias, from, to: to.class }, connection)
    }
    await copyTenants({ ...copy, since: await readSwitch(connection, to.class), removes: false }, context)
    if (rebuild.keepOld !== true) await connection.client.collections.delete(from)
  }
  await endRebuild(connection, to.class)
}

async function requirePossible(
  { alias, from, to, keepOld }: Rebuild,
  target: string | undefined,
  old: ClassDefinition | undefined,
  { connection }: RebuildContext,
): Promise<void> {
  const refuse = (reason: string): never => {
    throw refusal(connection.place, reason)
  }
  if (target !== from && target !== to.class) {
    refuse(`${alias} must be an alias of ${from}, and ${target === undefined ? 'is none' : `is one of ${target}`}`)
  }
  if (old === undefined) {
    if (target === from) refuse(`there is no class ${from} to rebuild`)
    return
  }
  if (isMultiTenant(old) !== (to.multiTenancyConfig?.enabled === true)) {
    refuse(`${from} and ${to.class} must both have tenants, or neither`)
  }
  const referring = (await listClasses(connection)).find(
    (other) =>
      nameOf(other) !== from &&
      nameOf(other) !== to.class &&
      (other.properties ?? []).some(({ dataType }) => dataType?.includes(from)),
  )
  if (referring !== undefined && keepOld !== true) {
    refuse(`${nameOf(referring)} refers to ${from}, and its references would lead nowhere`)
  }
}
