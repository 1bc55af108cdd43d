import type { ObjectKind, Structure, StructureObject } from '../../../core/structure/object.ts'
import { type ClassDefinition, nameOf } from '../classes.ts'

/** What the server adds of itself, and what depends on where it runs. */
const volatile = new Set(['actualCount', 'actualVirtualCount', 'skipDefaultQuantization', 'trackDefaultQuantization'])

/** A class as things that are compared one by one, each as JSON with its keys in order. */
export function describeClass(definition: ClassDefinition): Structure {
  const { properties, vectorConfig, multiTenancyConfig, vectorIndexConfig, vectorIndexType, vectorizer, ...rest } =
    definition
  const { class: _class, moduleConfig, ...settings } = rest
  const on = nameOf(definition)
  const object = (kind: ObjectKind, name: string, value: unknown): StructureObject => ({
    kind,
    on,
    name,
    definition: canonical(value),
  })
  const vectors = Object.entries(vectorConfig ?? {})
  return [
    { ...object('table', on, { ...settings, moduleConfig: moduleConfig ?? {} }), on: '' },
    object('option', 'multi-tenancy', multiTenancyConfig ?? { enabled: false }),
    ...(properties ?? [])
      .toSorted((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1))
      .map((property) => object('column', property.name ?? '', property)),
    ...vectors.map(([name, vector]) => object('index', name, vector)).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    ...(vectors.length === 0 ? [object('index', 'default', { vectorIndexConfig, vectorIndexType, vectorizer })] : []),
  ]
}

/** Another name of a class. */
export const describeAlias = ({ alias, collection }: { alias: string; collection: string }): StructureObject => ({
  kind: 'view',
  on: '',
  name: alias,
  definition: `alias of ${collection}`,
})

function canonical(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) => {
    if (volatile.has(key) || inner === null || inner === '') return undefined
    if (typeof inner !== 'object' || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
}
