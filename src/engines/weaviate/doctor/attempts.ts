import { type ClassDefinition, nameOf } from '../classes.ts'
import type { Connection } from '../connection.ts'
import { writeObjects } from '../objects.ts'
import { readTenants } from '../tenants.ts'

export interface Scene {
  readonly connection: Connection
  readonly definition: ClassDefinition
  /** Of the victim's object. */
  readonly id: string
  readonly vector: readonly number[]
  readonly victim: string
  readonly intruder: string
}

/** @returns whether it reached the victim's object; what the server refuses throws */
export type Attempt = (scene: Scene) => Promise<boolean>

const classOf = ({ connection, definition }: Scene) => connection.client.collections.use(nameOf(definition))
const asIntruder = (scene: Scene) => classOf(scene).withTenant(scene.intruder)
const isThere = (scene: Scene): Promise<boolean> => classOf(scene).withTenant(scene.victim).data.exists(scene.id)

/** By what the intruder does when it gets through. */
export const attempts: Readonly<Record<string, Attempt>> = {
  'reads an object by its id': async (scene) => (await asIntruder(scene).query.fetchObjectById(scene.id)) !== null,
  'lists objects': async (scene) =>
    (await asIntruder(scene).query.fetchObjects({ limit: 1000 })).objects.some(({ uuid }) => uuid === scene.id),
  'finds an object by its vector': async (scene) =>
    (await asIntruder(scene).query.nearVector([...scene.vector], { limit: 1000, ...targetOf(scene) })).objects.some(
      ({ uuid }) => uuid === scene.id,
    ),
  'finds an object by being near to it': async (scene) =>
    (await asIntruder(scene).query.nearObject(scene.id, { limit: 1000, ...targetOf(scene) })).objects.some(
      ({ uuid }) => uuid === scene.id,
    ),
  'removes an object by its id': async (scene) => {
    await asIntruder(scene).data.deleteById(scene.id)
    return !(await isThere(scene))
  },
  'replaces an object by writing its id': async (scene) => {
    const before = await writtenAt(scene)
    await writeObjects(scene.connection, [
      { class: nameOf(scene.definition), tenant: scene.intruder, id: scene.id, properties: {} },
    ])
    const after = await writtenAt(scene)
    await asIntruder(scene).data.deleteById(scene.id)
    return before !== after || !(await isThere(scene))
  },
  'reads without a tenant': async (scene) =>
    (await classOf(scene).query.fetchObjects({ limit: 1000 })).objects.some(({ uuid }) => uuid === scene.id),
  'makes a tenant by a typing mistake': async (scene) => {
    const typo = `${scene.intruder}_typo`
    await writeObjects(scene.connection, [{ class: nameOf(scene.definition), tenant: typo, id: scene.id }])
    const isMade = (await readTenants(scene.connection, nameOf(scene.definition), [typo])).has(typo)
    if (isMade) await classOf(scene).tenants.remove(typo)
    return isMade
  },
  'reads an object through a reference': async (scene) => {
    const property = (scene.definition.properties ?? []).find(({ dataType }) =>
      dataType?.includes(nameOf(scene.definition)),
    )?.name
    if (property === undefined) return false
    const intruder = asIntruder(scene)
    const from = await intruder.data.insert({ properties: {} })
    try {
      await intruder.data.referenceAdd({ fromUuid: from, fromProperty: property, to: scene.id })
      const read = await intruder.query.fetchObjectById(from, { returnReferences: [{ linkOn: property }] })
      const linked = read?.references?.[property] as { objects?: readonly { uuid: string }[] } | undefined
      return (linked?.objects ?? []).some(({ uuid }) => uuid === scene.id)
    } finally {
      await intruder.data.deleteById(from)
    }
  },
}

/** A class with several vectors wants to be told which one. */
function targetOf({ definition }: Scene): { targetVector?: string } {
  const [name] = Object.keys(definition.vectorConfig ?? {})
  return name === undefined ? {} : { targetVector: name }
}

async function writtenAt(scene: Scene): Promise<number | undefined> {
  const found = await scene.connection.rest.data
    .getterById()
    .withClassName(nameOf(scene.definition))
    .withId(scene.id)
    .withTenant(scene.victim)
    .do()
  return found.lastUpdateTimeUnix
}
