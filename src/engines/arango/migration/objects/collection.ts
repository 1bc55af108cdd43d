import { z } from 'zod'
import { type ArangoDatabase, anyAnswer } from '../../connection/database.ts'
import { apiPath } from '../../names.ts'
import type { Json, JsonObject } from '../json.ts'
import { objectName } from './names.ts'
import type { ObjectType } from './object-type.ts'

const edgeType = 3
const documentType = 2

const json = z.record(z.string(), z.json())

const schema = z.strictObject({
  rule: json.describe('JSON Schema, draft 4'),
  level: z.enum(['none', 'new', 'moderate', 'strict']).default('strict'),
  message: z.string().default(''),
})

const computedValue = z.strictObject({
  name: z.string().min(1),
  expression: z.string().min(1),
  overwrite: z.boolean(),
  computeOn: z.array(z.enum(['insert', 'update', 'replace'])).default(['insert', 'update', 'replace']),
  failOnWarning: z.boolean().default(false),
  keepNull: z.boolean().default(true),
})

const changeable = {
  schema: schema.nullable(),
  computedValues: z.array(computedValue),
  waitForSync: z.boolean(),
  cacheEnabled: z.boolean(),
}

export const collectionShape = z.strictObject({
  name: objectName,
  type: z.enum(['document', 'edge']).default('document'),
  schema: changeable.schema.default(null),
  computedValues: changeable.computedValues.default([]),
  waitForSync: changeable.waitForSync.default(false),
  cacheEnabled: changeable.cacheEnabled.default(false),
  keyOptions: z
    .strictObject({
      type: z.enum(['traditional', 'autoincrement', 'uuid', 'padded']).default('traditional'),
      allowUserKeys: z.boolean().default(true),
    })
    .prefault({}),
  // Only a cluster knows these; where they are left out, the database's or the server's own hold.
  numberOfShards: z.int().min(1).optional(),
  replicationFactor: z.union([z.int().min(1), z.literal('satellite')]).optional(),
  writeConcern: z.int().min(1).optional(),
  shardKeys: z.array(z.string().min(1)).min(1).optional(),
})

export const collectionChangeShape = z
  .strictObject({ name: objectName, ...z.strictObject(changeable).partial().shape })
  .refine((change) => Object.keys(change).length > 1, 'nothing is changed')

type Collection = z.output<typeof collectionShape>
type CollectionChange = z.output<typeof collectionChangeShape>

const properties = z.looseObject({
  name: z.string(),
  type: z.number(),
  schema: z.looseObject({ rule: json, level: z.string().optional(), message: z.string().optional() }).nullish(),
  computedValues: z.array(json).nullish(),
  waitForSync: z.boolean().optional(),
  cacheEnabled: z.boolean().optional(),
  keyOptions: z.looseObject({ type: z.string().optional(), allowUserKeys: z.boolean().optional() }).nullish(),
})

export const collectionType: ObjectType<Collection> = {
  describe: ({ name }) => `collection ${name}`,
  async create(database, { type, ...rest }) {
    const body = { ...rest, type: type === 'edge' ? edgeType : documentType }
    await database.send({ method: 'POST', path: '/_api/collection', body }, anyAnswer)
  },
  async find(database, asked) {
    const found = await readCollection(database, asked.name)
    if (found === null) return null
    const { numberOfShards, replicationFactor, writeConcern, shardKeys } = asked
    // Of a cluster's settings only those that the migration names count.
    const cluster = { numberOfShards, replicationFactor, writeConcern, shardKeys }
    const names = Object.entries(cluster).filter(([, value]) => value !== undefined)
    return { ...found.definition, ...Object.fromEntries(names.map(([name]) => [name, found.raw[name] ?? null])) }
  },
  comparable: (asked) => asked as JsonObject,
}

export interface FoundCollection {
  readonly definition: JsonObject
  /** Everything that the server says. */
  readonly raw: Readonly<Record<string, Json>>
}

export async function readCollection(database: ArangoDatabase, name: string): Promise<FoundCollection | null> {
  const found = await database.find({ path: apiPath`/_api/collection/${name}/properties` }, properties)
  if (found === null) return null
  const { type, schema: rules, computedValues, waitForSync, cacheEnabled, keyOptions } = found
  const definition = {
    name,
    type: type === edgeType ? 'edge' : 'document',
    schema: rules ? { rule: rules.rule, level: rules.level ?? 'strict', message: rules.message ?? '' } : null,
    computedValues: computedValues ?? [],
    waitForSync: waitForSync ?? false,
    cacheEnabled: cacheEnabled ?? false,
    keyOptions: {
      type: keyOptions?.type ?? 'traditional',
      allowUserKeys: keyOptions?.allowUserKeys ?? true,
    },
  }
  return { definition, raw: found as Record<string, Json> }
}

/** Sets what is given; false where there is no such collection. */
export async function changeCollection(
  database: ArangoDatabase,
  { name, ...change }: CollectionChange,
): Promise<boolean> {
  // An empty object takes the schema away; null would leave it on some versions.
  const body = change.schema === null ? { ...change, schema: {} } : change
  const path = apiPath`/_api/collection/${name}/properties`
  return (await database.find({ method: 'PUT', path, body }, anyAnswer)) !== null
}

/** False where there is none. */
export async function dropCollection(database: ArangoDatabase, name: string): Promise<boolean> {
  return (await database.find({ method: 'DELETE', path: apiPath`/_api/collection/${name}` }, anyAnswer)) !== null
}
