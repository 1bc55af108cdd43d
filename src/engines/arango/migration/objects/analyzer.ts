import { z } from 'zod'
import { type ArangoDatabase, anyAnswer } from '../../connection/database.ts'
import { apiPath } from '../../names.ts'
import { type JsonObject, narrowedTo } from '../json.ts'
import { objectName } from './names.ts'
import type { ObjectType } from './object-type.ts'

export const analyzerShape = z.strictObject({
  name: objectName,
  type: z.string().min(1),
  properties: z.record(z.string(), z.json()).default({}),
  features: z.array(z.enum(['frequency', 'norm', 'position', 'offset'])).default([]),
})

type Analyzer = z.output<typeof analyzerShape>

const described = z.looseObject({
  name: z.string(),
  type: z.string(),
  properties: z.record(z.string(), z.json()).nullish(),
  features: z.array(z.string()).nullish(),
})

export const analyzerType: ObjectType<Analyzer> = {
  describe: ({ name }) => `analyzer ${name}`,
  async create(database, body) {
    await database.send({ method: 'POST', path: '/_api/analyzer', body }, anyAnswer)
  },
  async find(database, asked) {
    const found = await database.find({ path: apiPath`/_api/analyzer/${asked.name}` }, described)
    if (found === null) return null
    // The server adds the properties that were left out, with its defaults.
    const properties = narrowedTo(asked.properties as JsonObject, (found.properties ?? {}) as JsonObject) ?? {}
    return comparableAnalyzer({
      ...asked,
      type: found.type,
      features: found.features ?? [],
      properties: properties as JsonObject,
    })
  },
  comparable: comparableAnalyzer,
}

interface Comparable {
  readonly name: string
  readonly type: string
  readonly features: readonly string[]
  readonly properties: unknown
}

function comparableAnalyzer({ name, type, properties, features }: Comparable): JsonObject {
  return { name, type, properties: properties as JsonObject, features: features.toSorted() }
}

export interface FoundAnalyzer {
  /** Without its database. */
  readonly name: string
  readonly definition: JsonObject
}

/** Those of this database, without the server's own and those of `_system`, which every database sees. */
export async function readAnalyzers(database: ArangoDatabase): Promise<FoundAnalyzer[]> {
  const { result } = await database.send({ path: '/_api/analyzer' }, z.object({ result: z.array(described) }))
  const prefix = `${database.name}::`
  return result
    .filter(({ name }) => name.startsWith(prefix))
    .map(({ name, type, properties, features }) => {
      const own = name.slice(prefix.length)
      const definition = comparableAnalyzer({
        name: own,
        type,
        features: features ?? [],
        properties: properties ?? {},
      })
      return { name: own, definition }
    })
}

/** False where there is none. @throws DBS-1107 while a view uses it */
export async function dropAnalyzer(database: ArangoDatabase, name: string): Promise<boolean> {
  return (await database.find({ method: 'DELETE', path: apiPath`/_api/analyzer/${name}` }, anyAnswer)) !== null
}
