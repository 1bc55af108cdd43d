import { z } from 'zod'

const className = z
  .string()
  .regex(/^[A-Z][_0-9A-Za-z]*$/, 'is no name of a class: [A-Z][_0-9A-Za-z]*')
  .max(255)
const propertyName = z
  .string()
  .regex(/^[_A-Za-z][_0-9A-Za-z]{0,230}$/, 'is no name of a property: [_A-Za-z][_0-9A-Za-z]*')
  .refine((name) => !['id', '_id', '_additional'].includes(name), 'is reserved by Weaviate')
const settings = z.record(z.string(), z.json())

const property = z.looseObject({
  name: propertyName,
  dataType: z.array(z.string().min(1)).min(1),
  tokenization: z
    .enum(['word', 'lowercase', 'whitespace', 'field', 'trigram', 'gse', 'gse_ch', 'kagome_kr', 'kagome_ja'])
    .optional(),
  indexFilterable: z.boolean().optional(),
  indexSearchable: z.boolean().optional(),
  indexRangeFilters: z.boolean().optional(),
  description: z.string().optional(),
})

const vector = z.strictObject({
  vectorizer: settings,
  vectorIndexType: z.enum(['hnsw', 'flat', 'dynamic', 'hfresh']).optional(),
  vectorIndexConfig: settings.optional(),
})

const uniqueNames = (properties: readonly { readonly name: string }[]): boolean =>
  new Set(properties.map(({ name }) => name.toLowerCase())).size === properties.length

/** A class as Weaviate's REST interface takes it. Strict: Weaviate itself ignores a setting that it does not know. */
const definition = z.strictObject({
  class: className,
  description: z.string().optional(),
  multiTenancyConfig: z
    .strictObject({
      enabled: z.boolean(),
      autoTenantCreation: z.boolean().optional(),
      autoTenantActivation: z.boolean().optional(),
    })
    .optional(),
  properties: z.array(property).refine(uniqueNames, 'has a name twice').optional(),
  vectorConfig: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), vector).optional(),
  vectorizer: z.string().optional(),
  vectorIndexType: z.enum(['hnsw', 'flat', 'dynamic', 'hfresh']).optional(),
  vectorIndexConfig: settings.optional(),
  invertedIndexConfig: settings.optional(),
  moduleConfig: settings.optional(),
  replicationConfig: settings.optional(),
  shardingConfig: settings.optional(),
  objectTtlConfig: settings.optional(),
})

const change = z
  .strictObject({
    description: z.string().optional(),
    multiTenancyConfig: z
      .strictObject({ autoTenantCreation: z.boolean().optional(), autoTenantActivation: z.boolean().optional() })
      .optional(),
    invertedIndexConfig: settings.optional(),
    vectorConfig: z.record(z.string(), z.strictObject({ vectorIndexConfig: settings })).optional(),
    vectorIndexConfig: settings.optional(),
    moduleConfig: settings.optional(),
    replicationConfig: settings.optional(),
    objectTtlConfig: settings.optional(),
  })
  .refine((fields) => Object.keys(fields).length > 0, 'changes nothing')

const rebuild = z
  .strictObject({
    alias: className,
    from: className,
    to: definition,
    rename: z.record(propertyName, propertyName).optional(),
    drop: z.array(propertyName).optional(),
    dropVectors: z.array(z.string()).optional(),
    keepOld: z.boolean().optional(),
  })
  .refine(({ from, to }) => from !== to.class, 'needs two classes of different names')

/** One step of a `.json` migration: an object with one key, the operation's name. */
export const operation = z.union([
  z.strictObject({ createClass: definition }),
  z.strictObject({ removeClass: className }),
  z.strictObject({ addProperty: z.strictObject({ class: className, property }) }),
  z.strictObject({ addVector: z.strictObject({ class: className, name: z.string().min(1), vector }) }),
  z.strictObject({ updateClass: z.strictObject({ class: className, set: change }) }),
  z.strictObject({ createAlias: z.strictObject({ alias: className, class: className }) }),
  z.strictObject({ moveAlias: z.strictObject({ alias: className, from: className, to: className }) }),
  z.strictObject({ removeAlias: className }),
  z.strictObject({ rebuildClass: rebuild }),
])

export type AskedClass = z.output<typeof definition>
export type AskedProperty = z.output<typeof property>
export type AskedVector = z.output<typeof vector>
export type AskedChange = z.output<typeof change>
export type AskedRebuild = z.output<typeof rebuild>

type Written = z.output<typeof operation>
type KeysOf<Union> = Union extends unknown ? keyof Union : never
type ValueOf<Union, Key extends PropertyKey> = Union extends Readonly<Record<Key, infer Value>> ? Value : never
/** The same with its name as a tag. */
export type Operation = { [Key in KeysOf<Written>]: { type: Key; value: ValueOf<Written, Key> } }[KeysOf<Written>]

export const operationNames = operation.options.map((option) => Object.keys(option.shape)[0] ?? '')

/** What zod has read, tagged. */
export function tagged(written: Written): Operation {
  const [type, value] = Object.entries(written)[0] ?? []
  return { type, value } as Operation
}

/** The schema of one operation by its name, so that its faults are told and not that no other operation fits. */
export const schemaOf = (name: string) => operation.options.find((option) => name in option.shape)
