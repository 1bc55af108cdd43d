import { z } from 'zod'
import type { Database, View } from '../database.ts'
import { fail, notImplemented } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { type Call, ok, type Route, route } from '../router.ts'

const properties = z.looseObject({
  links: z.record(z.string(), z.looseObject({}).nullable()).optional(),
})
const shape = properties.extend({ name: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,255}$/), type: z.string() })
const aliases = z.array(z.object({ collection: z.string(), index: z.string() }))
const one = '/_api/view/:name'

/** Views can be defined and described; a search in one is refused where AQL names it. */
export const views: readonly Route[] = [
  route('GET', '/_api/view', 'read', ({ database }) => ok({ result: [...database.views.values()].map(summary) })),
  route('POST', '/_api/view', 'write', create),
  route('GET', one, 'read', (call) => ok(summary(viewOf(call)))),
  route('DELETE', one, 'write', (call) => {
    call.database.views.delete(viewOf(call).name)
    return ok({ result: true })
  }),
  route('GET', `${one}/properties`, 'read', (call) => ok(describe(viewOf(call)))),
  route('PUT', `${one}/properties`, 'write', (call) => change(call, {})),
  route('PATCH', `${one}/properties`, 'write', (call) => change(call, viewOf(call).properties)),
]

function create({ server, database, body }: Call): ReturnType<typeof ok> {
  const { name, type, ...rest } = body(shape)
  if (type !== 'arangosearch' && type !== 'search-alias') notImplemented(`views of type '${type}'`)
  if (database.views.has(name) || database.collections.has(name)) fail(1207, `duplicate name: ${name}`)
  const view: View = { id: server.nextId(), name, type, properties: {} }
  if (type === 'search-alias')
    view.properties = { indexes: aliases.parse(rest.indexes ?? []).map((one) => alias(database, one)) }
  else set(database, view, rest as JsonObject)
  database.views.set(name, view)
  return ok(describe(view), 201)
}

/** Throws 1203 or 1212 when there is no such collection or no such inverted index in it. */
function alias(database: Database, { collection, index }: z.infer<typeof aliases>[number]): JsonObject {
  const found = database.collection(collection).indexes.find(({ name }) => name === index) ?? fail(1212)
  if (found.type !== 'inverted') fail(10, `index '${index}' is not inverted`)
  return { collection, index }
}

function change(call: Call, over: JsonObject): ReturnType<typeof ok> {
  const view = viewOf(call)
  if (view.type !== 'arangosearch') notImplemented('changes of search-alias views')
  const change = call.body(properties) as JsonObject
  const links = { ...(over.links as JsonObject | undefined), ...(change.links as JsonObject | undefined) }
  set(call.database, view, { ...over, ...change, links })
  return ok(describe(view))
}

function set(database: Database, view: View, { links = {}, ...rest }: JsonObject): void {
  const kept = Object.entries(links as Record<string, Json>).filter(([, link]) => link !== null)
  for (const [collection] of kept) database.collection(collection)
  view.properties = { ...rest, links: Object.fromEntries(kept) }
}

function viewOf({ database, param }: Call): View {
  return database.views.get(param('name')) ?? fail(1203, `collection or view not found: ${param('name')}`)
}

function summary({ id, name, type }: View): JsonObject {
  return { id, name, type, globallyUniqueId: `h${id}/${name}` }
}

function describe(view: View): JsonObject {
  if (view.type === 'search-alias') return { ...view.properties, ...summary(view) }
  return { cleanupIntervalStep: 2, commitIntervalMsec: 1000, ...view.properties, ...summary(view) }
}
