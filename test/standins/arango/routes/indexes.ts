import { z } from 'zod'
import type { Collection } from '../collection.ts'
import { fail, notImplemented } from '../errors.ts'
import { type Index, sameDefinition } from '../index.ts'
import type { Json, JsonObject } from '../json.ts'
import { type Call, ok, type Route, route } from '../router.ts'

const field = z.string().regex(/^[^.[\]]+(\.[^.[\]]+)*$/)
const common = {
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]{0,255}$/)
    .optional(),
  inBackground: z.boolean().optional(),
}

const shape = z.discriminatedUnion('type', [
  z.object({
    ...common,
    type: z.literal('persistent'),
    fields: z.array(field).min(1),
    unique: z.boolean().default(false),
    sparse: z.boolean().default(false),
    estimates: z.boolean().default(true),
    deduplicate: z.boolean().default(true),
    cacheEnabled: z.boolean().default(false),
    storedValues: z.array(field).optional(),
  }),
  z.object({
    ...common,
    type: z.literal('ttl'),
    fields: z.array(field).length(1),
    expireAfter: z.number().min(0),
  }),
  z.object({
    ...common,
    type: z.literal('geo'),
    fields: z.array(field).min(1).max(2),
    geoJson: z.boolean().default(false),
  }),
  // Kept and described; a search that would use one is refused where AQL asks for it.
  z.looseObject({
    ...common,
    type: z.literal('inverted'),
    fields: z.array(z.union([field, z.looseObject({ name: field })])).min(1),
    analyzer: z.string().default('identity'),
    includeAllFields: z.boolean().default(false),
    searchField: z.boolean().default(false),
    trackListPositions: z.boolean().default(false),
  }),
])

const otherTypes = ['mdi', 'mdi-prefixed', 'zkd', 'fulltext', 'vector', 'hash', 'skiplist']
const anyType = z.looseObject({ type: z.string() })

export const indexes: readonly Route[] = [
  route('GET', '/_api/index', 'read', ({ database, query }) => {
    const collection = database.collection(query('collection') ?? '')
    const described = collection.indexes.map((index) => describe(collection, index))
    return ok({
      indexes: described,
      identifiers: Object.fromEntries(described.map((index) => [String(index.id), index])),
    })
  }),
  route('POST', '/_api/index', 'write', ensure),
  route('GET', '/_api/index/:collection/:id', 'read', ({ database, param }) => {
    const collection = database.collection(param('collection'))
    return ok(describe(collection, find(collection, param('id'))))
  }),
  route('DELETE', '/_api/index/:collection/:id', 'write', ({ database, param }) => {
    const collection = database.collection(param('collection'))
    const index = find(collection, param('id'))
    if (index.type === 'primary' || index.type === 'edge') fail(11, 'forbidden')
    collection.removeIndex(index)
    return ok({ id: `${collection.name}/${index.id}` })
  }),
]

function ensure({ server, database, query, body }: Call): ReturnType<typeof ok> {
  const collection = database.collection(query('collection') ?? '')
  const { type: asked } = body(anyType)
  if (otherTypes.includes(asked)) notImplemented(`indexes of type '${asked}'`)
  const { name, type, fields: given, inBackground: _, ...options } = body(shape)
  const fields = given.map((one) => (typeof one === 'string' ? one : one.name))
  const { unique = false, sparse = type !== 'persistent', ...rest } = options as Partial<Index> & Record<string, Json>
  const id = server.nextId()
  const index: Index = { id, name: name ?? `idx_${id}`, type, fields, unique, sparse, rest }
  const present = collection.indexes.find((other) => sameDefinition(other, index))
  if (present !== undefined) return ok({ ...describe(collection, present), isNewlyCreated: false })
  if (collection.indexes.some((other) => other.name === index.name)) fail(1207, `duplicate name: ${index.name}`)
  if (type === 'ttl' && collection.indexes.some((other) => other.type === 'ttl'))
    fail(10, 'there can only be one ttl index per collection')
  collection.addIndex(index)
  return ok({ ...describe(collection, index), isNewlyCreated: true }, 201)
}

function find(collection: Collection, id: string): Index {
  return collection.indexes.find((index) => index.id === id || index.name === id) ?? fail(1212)
}

function describe(collection: Collection, { id, fields, rest, ...index }: Index): JsonObject {
  const described = index.type === 'inverted' ? fields.map((name) => ({ name })) : [...fields]
  return { ...index, ...rest, fields: described, id: `${collection.name}/${id}`, selectivityEstimate: 1 }
}
