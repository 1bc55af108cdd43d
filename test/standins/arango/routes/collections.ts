import { z } from 'zod'
import { type Collection, documentType, edgeType } from '../collection.ts'
import { fail, notImplemented } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { type Call, ok, type Route, route } from '../router.ts'
import { parseSchema } from '../schema.ts'

const changeable = z.object({
  waitForSync: z.boolean().optional(),
  cacheEnabled: z.boolean().optional(),
  schema: z.unknown().optional(),
  computedValues: z.array(z.looseObject({})).nullish(),
})

const shape = changeable.extend({
  name: z.string(),
  type: z.literal([documentType, edgeType]).default(documentType),
  isSystem: z.boolean().default(false),
  keyOptions: z
    .object({ type: z.literal('traditional').optional(), allowUserKeys: z.literal(true).optional() })
    .optional(),
})

const namePattern = /^[A-Za-z][A-Za-z0-9_-]{0,255}$/

export const collections: readonly Route[] = [
  route('POST', '/_api/collection', 'write', create),
  route('GET', '/_api/collection', 'read', ({ database, flag }) => {
    const all = [...database.collections.values()]
    const shown = flag('excludeSystem', false) ? all.filter(({ properties }) => !properties.isSystem) : all
    return ok({ result: shown.map(summary) })
  }),
  route('GET', '/_api/collection/:name', 'read', ({ database, param }) =>
    ok(summary(database.collection(param('name')))),
  ),
  route('GET', '/_api/collection/:name/properties', 'read', ({ database, param }) =>
    ok(describe(database.collection(param('name')))),
  ),
  route('PUT', '/_api/collection/:name/properties', 'write', (call) => {
    const { properties } = call.database.collection(call.param('name'))
    const {
      waitForSync = properties.waitForSync,
      cacheEnabled = properties.cacheEnabled,
      ...change
    } = parse(call, changeable)
    Object.assign(properties, { waitForSync, cacheEnabled })
    if (change.schema !== undefined) properties.schema = parseSchema(change.schema)
    return ok(describe(call.database.collection(properties.name)))
  }),
  route('GET', '/_api/collection/:name/count', 'read', ({ session, param }) => {
    const collection = session.read(param('name'))
    return ok({ ...describe(collection), count: collection.size })
  }),
  route('GET', '/_api/collection/:name/figures', 'read', ({ session, param }) => {
    const collection = session.read(param('name'))
    const documentsSize = Buffer.byteLength(JSON.stringify(collection.all()))
    const indexes = { count: collection.indexes.length, size: 0 }
    return ok({ ...describe(collection), count: collection.size, figures: { documentsSize, indexes } })
  }),
  route('PUT', '/_api/collection/:name/truncate', 'write', ({ session, param }) => {
    const collection = session.write(param('name'))
    session.atomically(() => {
      for (const key of collection.keys()) session.set(collection, key, null)
    })
    return ok(summary(collection))
  }),
  route('DELETE', '/_api/collection/:name', 'write', ({ database, param, flag }) => {
    const { name, properties } = database.collection(param('name'))
    if (properties.isSystem && !flag('isSystem', false)) fail(11, 'a system collection may not be dropped')
    if (database.running().some((transaction) => transaction.writes(name))) fail(18, `collection ${name} is in use`)
    database.collections.delete(name)
    return ok({ id: properties.id })
  }),
]

function create(call: Call): ReturnType<typeof ok> {
  const { name, type, isSystem, waitForSync = false, cacheEnabled = false, schema } = parse(call, shape)
  if (!namePattern.test(isSystem ? name.replace(/^_/, '') : name)) fail(1208, `illegal name: '${name}'`)
  const id = call.server.nextId()
  const rule = parseSchema(schema)
  return ok(describe(call.database.create({ name, id, type, isSystem, waitForSync, cacheEnabled, schema: rule })))
}

function parse<Shape extends typeof changeable>({ body }: Call, of: Shape): z.infer<Shape> {
  const parsed = body(of)
  if ((parsed.computedValues ?? []).length > 0) notImplemented('computed values')
  return parsed
}

function summary({ properties: { id, name, type, isSystem } }: Collection): JsonObject {
  return { id, name, type, isSystem, status: 3, globallyUniqueId: `h${id}/${name}` }
}

function describe(collection: Collection): JsonObject {
  const { waitForSync, cacheEnabled, schema } = collection.properties
  return {
    ...summary(collection),
    statusString: 'loaded',
    waitForSync,
    cacheEnabled,
    schema: schema as JsonObject | null,
    computedValues: null,
    keyOptions: { type: 'traditional', allowUserKeys: true },
    writeConcern: 1,
  }
}
