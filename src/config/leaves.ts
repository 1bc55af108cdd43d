import { z } from 'zod'
import { configSchema } from './schema.ts'

/** One setting: a place in the schema that holds a value, not further settings. */
export interface Leaf {
  readonly path: readonly string[]
  /** The schema behind optional and default wrappers. */
  readonly schema: z.core.$ZodType
}

/** Every setting in the schema's order; `$schema`, which only editors read, is none. */
export function settingLeaves(): Leaf[] {
  return leavesOf(configSchema, []).filter((leaf) => leaf.path[0] !== '$schema')
}

function leavesOf(schema: z.core.$ZodType, path: readonly string[]): Leaf[] {
  const inner = unwrap(schema)
  if (!(inner instanceof z.ZodObject)) return [{ path, schema: inner }]
  return Object.entries(shapeOf(inner)).flatMap(([key, child]) => leavesOf(child, [...path, key]))
}

/** The schema at `path`, wrappers and all, or undefined where the schema has no such place. */
export function schemaAt(path: readonly string[]): z.core.$ZodType | undefined {
  let schema: z.core.$ZodType | undefined = configSchema
  for (const key of path) {
    const inner: z.core.$ZodType = unwrap(schema)
    schema = inner instanceof z.ZodObject ? shapeOf(inner)[key] : undefined
    if (schema === undefined) return undefined
  }
  return schema
}

/** The names of the settings directly under `path`. */
export function keysAt(path: readonly string[]): string[] {
  const schema = schemaAt(path)
  const inner = schema === undefined ? undefined : unwrap(schema)
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : []
}

/** What a group of settings is before anything is set in it; some groups are all or nothing and have theirs filled in. */
export function startingValue(path: readonly string[]): Record<string, unknown> {
  const schema = schemaAt(path)
  return schema instanceof z.ZodPrefault ? structuredClone(schema.def.defaultValue as Record<string, unknown>) : {}
}

export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) {
    inner = inner.unwrap()
  }
  return inner
}

const shapeOf = (schema: z.ZodObject): Readonly<Record<string, z.core.$ZodType>> => schema.shape
