import type { Connection } from '../connection.ts'
import type { FailedObject, StoredObject } from '../objects.ts'

type Properties = Readonly<Record<string, unknown>>

/** Weaviate takes a reference only to an object that is there already. */
export const isMissingTarget = ({ reason }: FailedObject): boolean => /invalid cref|no object with id/.test(reason)

/** The same object without its references. */
export function withoutReferences(object: StoredObject): StoredObject {
  const properties = Object.entries(object.properties ?? {}).filter(([, value]) => beaconsIn(value).length === 0)
  return { ...object, properties: Object.fromEntries(properties) }
}

/** The same object with those of its references that lead somewhere. */
export async function withLiveReferences(connection: Connection, object: StoredObject): Promise<StoredObject> {
  const properties: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(object.properties ?? {})) {
    const beacons = beaconsIn(value)
    const live: { beacon: string }[] = []
    for (const beacon of beacons) if (await isThere(connection, beacon, object.tenant)) live.push({ beacon })
    if (beacons.length === 0) properties[name] = value
    else if (live.length > 0) properties[name] = live
  }
  return { ...object, properties }
}

/** Whether the copy lacks a reference that the object has; names of properties aside. */
export function lacksReferences(object: Properties | undefined, copy: Properties | undefined): boolean {
  const present = new Set(Object.values(copy ?? {}).flatMap(beaconsIn))
  return Object.values(object ?? {})
    .flatMap(beaconsIn)
    .some((beacon) => !present.has(beacon))
}

function beaconsIn(value: unknown): string[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: unknown) =>
    typeof item === 'object' && item !== null && 'beacon' in item ? [String(item.beacon)] : [],
  )
}

async function isThere({ client }: Connection, beacon: string, tenant: string | undefined): Promise<boolean> {
  const [className = '', id = ''] = beacon.split('/').slice(-2)
  const collection = client.collections.use(className)
  // The class that is referred to may have tenants or none; the other question is refused.
  const asked = [...(tenant === undefined ? [] : [collection.withTenant(tenant)]), collection]
  for (const place of asked) {
    if (await place.data.exists(id).catch(() => false)) return true
  }
  return false
}
