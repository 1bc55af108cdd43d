import { z } from 'zod'
import { type ArangoDatabase, anyAnswer } from '../../connection/database.ts'
import { apiPath } from '../../names.ts'
import { type Json, type JsonObject, narrowedTo } from '../json.ts'
import { objectName } from './names.ts'
import type { ObjectType } from './object-type.ts'
import { comparableLinks, linkShape } from './view-links.ts'

export const viewShape = z.discriminatedUnion('type', [
  z.strictObject({
    name: objectName,
    type: z.literal('arangosearch'),
    links: z.record(objectName, linkShape).default({}),
    cleanupIntervalStep: z.int().min(0).optional(),
    commitIntervalMsec: z.int().min(0).optional(),
    consolidationIntervalMsec: z.int().min(0).optional(),
    primarySort: z.array(z.strictObject({ field: z.string().min(1), direction: z.enum(['asc', 'desc']) })).optional(),
    storedValues: z.array(z.json()).optional(),
  }),
  z.strictObject({
    name: objectName,
    type: z.literal('search-alias'),
    indexes: z.array(z.strictObject({ collection: objectName, index: objectName })).min(1),
  }),
])

type View = z.output<typeof viewShape>

const summary = z.looseObject({ name: z.string(), type: z.string() })

export const viewType: ObjectType<View> = {
  describe: ({ name }) => `view ${name}`,
  async create(database, body) {
    await database.send({ method: 'POST', path: '/_api/view', body }, anyAnswer)
  },
  async find(database, asked) {
    const found = await readView(database, asked.name)
    return found === null ? null : (narrowedTo(frame(comparableView(asked as JsonObject)), found) ?? null)
  },
  comparable: (asked) => comparableView(asked as JsonObject),
}

/** What the view says in a form that does not depend on what its writer left out. */
function comparableView(view: JsonObject): JsonObject {
  const { links, indexes, ...rest } = view
  return {
    ...rest,
    ...(links === undefined ? {} : { links: comparableLinks(links) }),
    ...(Array.isArray(indexes) ? { indexes: indexes.map((one: Json) => aliasOf(one)).sort() } : {}),
  }
}

/** The members that were asked for, but links as a whole: one too many is a difference. */
function frame(asked: JsonObject): JsonObject {
  return { ...asked, ...(asked.links === undefined ? {} : { links: null }) }
}

const aliasOf = (one: Json): string => {
  const { collection, index } = one as JsonObject
  return `${String(collection)}/${String(index)}`
}

/** Null where there is none. */
export async function readView(database: ArangoDatabase, name: string): Promise<JsonObject | null> {
  const found = await database.find({ path: apiPath`/_api/view/${name}/properties` }, summary)
  if (found === null) return null
  const { id: _, globallyUniqueId: __, error: ___, code: ____, ...rest } = found as JsonObject
  return comparableView(withoutDatabase(rest, database.name))
}

/** Analyzers of the view's own database come with its name. */
function withoutDatabase(view: JsonObject, database: string): JsonObject {
  return JSON.parse(JSON.stringify(view).replaceAll(`"${database}::`, '"')) as JsonObject
}

export async function readViews(database: ArangoDatabase): Promise<JsonObject[]> {
  const { result } = await database.send({ path: '/_api/view' }, z.object({ result: z.array(summary) }))
  const found = await Promise.all(result.map(({ name }) => readView(database, name)))
  return found.filter((view) => view !== null)
}

/** False where there is none. */
export async function dropView(database: ArangoDatabase, name: string): Promise<boolean> {
  return (await database.find({ method: 'DELETE', path: apiPath`/_api/view/${name}` }, anyAnswer)) !== null
}
