import { z } from 'zod'
import { canonicalJson, isObject, type Json, type JsonObject } from '../json.ts'

const linkMembers = {
  analyzers: z.array(z.string().min(1)).min(1).optional(),
  includeAllFields: z.boolean().optional(),
  storeValues: z.enum(['none', 'id']).optional(),
  trackListPositions: z.boolean().optional(),
}

interface Field {
  analyzers?: string[] | undefined
  includeAllFields?: boolean | undefined
  storeValues?: 'none' | 'id' | undefined
  trackListPositions?: boolean | undefined
  fields?: Record<string, Field> | undefined
}

const field: z.ZodType<Field> = z.lazy(() =>
  z.strictObject({ ...linkMembers, fields: z.record(z.string().min(1), field).optional() }),
)

/** How a view of type arangosearch indexes a collection. */
export const linkShape = z.strictObject({
  ...linkMembers,
  inBackground: z.boolean().optional(),
  fields: z.record(z.string().min(1), field).optional(),
})

const defaults: JsonObject = {
  analyzers: ['identity'],
  includeAllFields: false,
  storeValues: 'none',
  trackListPositions: false,
}

/**
 * Links with what each field says differently from what it is in: a server gives back the defaults of a link and leaves out what
 * a field only repeats, and whoever writes a migration does as he likes.
 */
export function comparableLinks(links: Json): JsonObject {
  if (!isObject(links)) return {}
  return Object.fromEntries(Object.entries(links).map(([collection, link]) => [collection, comparable(link, defaults)]))
}

function comparable(link: Json | undefined, outer: JsonObject): JsonObject {
  const given = isObject(link) ? link : {}
  const inner = Object.fromEntries(Object.entries(outer).map(([name, value]) => [name, given[name] ?? value]))
  const own = Object.entries(inner).filter(([name, value]) => canonicalJson(value) !== canonicalJson(outer[name]))
  const fields = isObject(given.fields) ? Object.entries(given.fields) : []
  return {
    ...Object.fromEntries(own),
    ...(fields.length === 0
      ? {}
      : { fields: Object.fromEntries(fields.map(([name, one]) => [name, comparable(one, inner)])) }),
  }
}
