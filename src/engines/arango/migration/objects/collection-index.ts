import { z } from 'zod'
import { type ArangoDatabase, anyAnswer } from '../../connection/database.ts'
import { refusedBecause } from '../../connection/failure.ts'
import { apiPath } from '../../names.ts'
import { type Json, type JsonObject, narrowedTo } from '../json.ts'
import { objectName } from './names.ts'
import type { ObjectType } from './object-type.ts'

// Longer than fetch waits for an answer by itself, which cannot be changed without one more package.
const longestMs = 290_000

const field = z.string().min(1)
const common = {
  collection: objectName,
  // Without it the server invents one, and no migration could remove the index.
  name: objectName,
  inBackground: z.boolean().default(true),
}

export const indexShape = z.discriminatedUnion('type', [
  z.strictObject({
    ...common,
    type: z.literal('persistent'),
    fields: z.array(field).min(1),
    unique: z.boolean().default(false),
    sparse: z.boolean().default(false),
    deduplicate: z.boolean().default(true),
    estimates: z.boolean().default(true),
    cacheEnabled: z.boolean().default(false),
    storedValues: z.array(field).optional(),
  }),
  z.strictObject({
    ...common,
    type: z.literal('ttl'),
    fields: z.array(field).length(1),
    expireAfter: z.number().min(0).describe('seconds'),
  }),
  z.strictObject({
    ...common,
    type: z.literal('geo'),
    fields: z.array(field).min(1).max(2),
    geoJson: z.boolean().default(false),
  }),
  z.strictObject({
    ...common,
    type: z.literal('inverted'),
    fields: z.array(z.union([field, z.looseObject({ name: field })])).min(1),
    analyzer: z.string().min(1).optional(),
    features: z.array(z.enum(['frequency', 'norm', 'position', 'offset'])).optional(),
    includeAllFields: z.boolean().optional(),
    searchField: z.boolean().optional(),
    trackListPositions: z.boolean().optional(),
    primarySort: z.record(z.string(), z.json()).optional(),
    storedValues: z.array(z.json()).optional(),
  }),
])

export type Index = z.output<typeof indexShape>

const described = z.looseObject({ id: z.string(), name: z.string(), type: z.string() })
const listed = z.object({ indexes: z.array(described) })

export const indexType: ObjectType<Index> = {
  describe: ({ collection, name }) => `index ${name} of ${collection}`,
  async create(database, asked) {
    const { collection, ...body } = asked
    const request = { method: 'POST', path: '/_api/index', query: { collection }, body, timeoutMs: longestMs } as const
    const made = await database.send(request, described)
    // Asked for the same index under another name, the server answers with the one that is there.
    if (made.name === asked.name) return
    throw refusedBecause(database.place, `${collection} has the same index already, as ${made.name}`)
  },
  async find(database, asked) {
    const found = (await readIndexes(database, asked.collection))?.find(({ name }) => name === asked.name)
    if (found === undefined) return null
    const { fields, ...rest } = { ...found, collection: asked.collection } as JsonObject
    return narrowedTo(comparableIndex(asked), { ...rest, fields: plainFields(fields) }) ?? null
  },
  comparable: comparableIndex,
}

/** How it was built is no property of an index. */
function comparableIndex({ inBackground: _, ...asked }: Index): Json {
  return { ...(asked as JsonObject), fields: plainFields(asked.fields as Json) }
}

/** Of an inverted index a server gives each field as an object with everything that the index says of all. */
function plainFields(fields: Json | undefined): Json {
  if (!Array.isArray(fields)) return fields ?? []
  return fields.map((one: Json) =>
    typeof one === 'object' && one !== null && 'name' in one ? (one.name ?? null) : one,
  )
}

export type FoundIndex = z.output<typeof described>

/** Without those that every collection has; null where there is no such collection. */
export async function readIndexes(database: ArangoDatabase, collection: string): Promise<FoundIndex[] | null> {
  const found = await database.find({ path: '/_api/index', query: { collection } }, listed)
  return found === null ? null : found.indexes.filter(({ type }) => type !== 'primary' && type !== 'edge')
}

/** False where there is none. */
export async function dropIndex(database: ArangoDatabase, collection: string, name: string): Promise<boolean> {
  const path = apiPath`/_api/index/${collection}/${name}`
  return (await database.find({ method: 'DELETE', path }, anyAnswer)) !== null
}
