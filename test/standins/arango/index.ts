import { compareValues } from './aql/values.ts'
import { type Document, isObject, type Json } from './json.ts'

export type IndexType = 'primary' | 'edge' | 'persistent' | 'ttl' | 'geo' | 'inverted'

/** An index as its collection keeps it; only `unique` ones and the edge index are ever looked at. */
export interface Index {
  /** Without the collection's name. */
  readonly id: string
  readonly name: string
  readonly type: IndexType
  readonly fields: readonly string[]
  readonly unique: boolean
  readonly sparse: boolean
  /** What else the definition said, such as `expireAfter`. */
  readonly rest: Readonly<Record<string, Json>>
}

export function valueAt(document: Json, path: string): Json {
  let value: Json = document
  for (const name of path.split('.')) value = isObject(value) ? (value[name] ?? null) : null
  return value
}

/** What a unique index holds of a document; null when it holds nothing of it. */
export function uniqueEntry(index: Index, document: Document): string | null {
  if (!index.unique || index.type === 'primary') return null
  const values = index.fields.map((field) => valueAt(document, field))
  if (index.sparse && values.includes(null)) return null
  return `${index.id}\0${JSON.stringify(values.map(inOneOrder))}`
}

export function sameDefinition(one: Index, other: Index): boolean {
  const of = ({ type, fields, unique, sparse, rest }: Index): Json[] => [type, [...fields], unique, sparse, { ...rest }]
  return compareValues(of(one), of(other)) === 0
}

function inOneOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map(inOneOrder)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, inner]) => [name, inOneOrder(inner)]),
  )
}
