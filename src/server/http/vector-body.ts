import { z } from 'zod'
import type { DeleteRequest, InsertRequest, SearchRequest, UpdateRequest } from '../operations/vector.ts'
import { read } from './read.ts'

const vector = z.array(z.number()).min(1).max(65_535)
const properties = z.record(z.string(), z.json())
const id = z.uuid().transform((text) => text.toLowerCase())

const ofClass = {
  class: z.string().regex(/^[A-Z][_0-9A-Za-z]{0,254}$/),
  tenant_filter: z.string().optional(),
}

const object = z.strictObject({ id: id.optional(), properties: properties.default({}), vector: vector.optional() })

export const vectorMessages = {
  search: z.strictObject({
    ...ofClass,
    operation: z.literal('similarity_search').optional(),
    vector,
    limit: z.int().min(1).max(1_000).default(10),
    certainty: z.number().min(0).max(1).default(0),
    properties: z.array(z.string().regex(/^[_A-Za-z][_0-9A-Za-z]{0,230}$/)).optional(),
    include_vector: z.boolean().default(false),
  }),
  insert: z.strictObject({
    ...ofClass,
    operation: z.literal('insert').optional(),
    objects: z.array(object).min(1).max(1_000),
  }),
  update: z.strictObject({
    ...ofClass,
    operation: z.literal('update').optional(),
    object: object.required({ id: true }),
  }),
  delete: z.strictObject({ ...ofClass, operation: z.literal('delete').optional(), ids: z.array(id).min(1).max(1_000) }),
}

/** @throws DBS-2001 */
export function readSearch(message: unknown): SearchRequest {
  const asked = read(vectorMessages.search, message)
  return {
    ...placeOf(asked),
    vector: asked.vector,
    limit: asked.limit,
    certainty: asked.certainty === 0 ? null : asked.certainty,
    properties: asked.properties ?? null,
    includeVector: asked.include_vector,
  }
}

/** @throws DBS-2001 */
export function readInsert(message: unknown): InsertRequest {
  const asked = read(vectorMessages.insert, message)
  return { ...placeOf(asked), objects: asked.objects.map(objectOf) }
}

/** @throws DBS-2001 */
export function readUpdate(message: unknown): UpdateRequest {
  const asked = read(vectorMessages.update, message)
  return { ...placeOf(asked), object: { ...objectOf(asked.object), id: asked.object.id } }
}

/** @throws DBS-2001 */
export function readDelete(message: unknown): DeleteRequest {
  const asked = read(vectorMessages.delete, message)
  return { ...placeOf(asked), ids: asked.ids }
}

const placeOf = (asked: { readonly class: string; readonly tenant_filter?: string | undefined }) => ({
  className: asked.class,
  tenantFilter: asked.tenant_filter ?? null,
})

const objectOf = ({ id, properties, vector }: z.output<typeof object>) => ({
  id: id ?? null,
  properties,
  vector: vector ?? null,
})
