import type { StoredObject } from '../objects.ts'
import type { Rebuild } from './copy-pass.ts'

/** An object of the old class as one of the new class, under the same id. */
export function renewed(object: StoredObject, rebuild: Rebuild): StoredObject {
  const { from, to, rename = {}, drop = [], dropVectors = [], map = (properties) => properties } = rebuild
  const properties = Object.entries(object.properties ?? {})
    .filter(([name]) => !drop.includes(name))
    .map(([name, value]) => [rename[name] ?? name, pointed(value, from, to.class)])
  const names = Object.keys(to.vectorConfig ?? {})
  const vectors = Object.entries(object.vectors ?? {}).filter(
    ([name]) => names.includes(name) && !dropVectors.includes(name),
  )
  const { vector } = object
  return {
    class: to.class,
    id: object.id,
    properties: map(Object.fromEntries(properties)),
    ...(object.tenant === undefined ? {} : { tenant: object.tenant }),
    ...(vectors.length === 0 ? {} : { vectors: Object.fromEntries(vectors) }),
    // The one vector without a name, of a class made the old way.
    ...(vector === undefined || names.length > 0 || dropVectors.includes('default') ? {} : { vector }),
  }
}

/** References of a class to itself lead to the new class. */
function pointed(value: unknown, from: string, to: string): unknown {
  if (!Array.isArray(value)) return value
  return value.map((item: unknown) => {
    if (typeof item !== 'object' || item === null || !('beacon' in item)) return item
    // `href` is written by the server.
    return { beacon: String(item.beacon).replace(`//localhost/${from}/`, `//localhost/${to}/`) }
  })
}
