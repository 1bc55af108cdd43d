import { type Schema, Validator } from '@cfworker/json-schema'
import { z } from 'zod'
import { ArangoError, fail } from './errors.ts'
import type { Document, JsonObject } from './json.ts'

const shape = z.object({
  rule: z.looseObject({}),
  level: z.enum(['none', 'new', 'moderate', 'strict']).default('strict'),
  message: z.string().default(''),
  type: z.literal('json').default('json'),
})

/** A collection's schema, in JSON Schema draft 4. */
export type SchemaRule = z.infer<typeof shape>

/** Throws 1621 when the description of a schema is not one. `null` and `{}` are none. */
export function parseSchema(input: unknown): SchemaRule | null {
  if (input === null || input === undefined) return null
  if (typeof input === 'object' && Object.keys(input).length === 0) return null
  const parsed = shape.safeParse(input)
  if (!parsed.success) fail(1621, `invalid schema validation parameter: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

/** Throws 1620 with the schema's own message when a document may not become `next`. */
export function checkSchema(schema: SchemaRule | null, before: Document | null, next: Document): void {
  if (schema === null || schema.level === 'none') return
  if (before !== null && schema.level === 'new') return
  if (before !== null && schema.level === 'moderate' && !isValid(schema, before)) return
  if (isValid(schema, next)) return
  throw new ArangoError(1620, schema.message === '' ? undefined : schema.message)
}

function isValid(schema: SchemaRule, document: Document): boolean {
  return new Validator(schema.rule as Schema, '4').validate(withoutSystemAttributes(document)).valid
}

function withoutSystemAttributes(document: Document): JsonObject {
  const { _key, _id, _rev, _from, _to, ...rest } = document
  return rest
}
