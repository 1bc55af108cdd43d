import { z } from 'zod'
import type { EngineName } from '../../core/engine.ts'
import { type Numbered, numberBraces, numberDollars } from '../../core/routing/named-parameters.ts'
import type { MultiRequest, Part } from '../operations/multi.ts'
import { cachePart, graphPart, sqlPart, vectorPart } from '../operations/multi-parts.ts'
import type { Router } from '../router.ts'
import { readGraphQuery } from './graph-body.ts'
import { params, readParameter } from './query-body.ts'
import { malformed, read } from './read.ts'
import { readDelete, readInsert, readUpdate } from './vector-body.ts'

const ms = z.int().min(0).max(3_600_000).default(0)

const sql = z.strictObject({
  query: z.string(),
  // By name, as :name in PostgreSQL and {name:Type} in ClickHouse, or by number.
  params: z.union([params, z.record(z.string(), z.unknown().transform(readParameter))]).default([]),
  company_id: z.string().optional(),
})

const key = z.string()
// Seconds, as in the specification; without it a key stays.
const ttl = z.int().min(0).max(31_536_000_000).default(0)
const integer = z
  .unknown()
  .transform((value) => (value === undefined ? '1' : typeof value === 'object' ? JSON.stringify(value) : String(value)))
  .refine((text) => /^-?\d{1,19}$/.test(text), 'is no 64-bit integer')
  .transform(BigInt)

const cache = z.discriminatedUnion('operation', [
  z.strictObject({
    operation: z.literal('set'),
    key,
    value: z.unknown().refine((value) => value !== undefined, 'is missing'),
    ttl,
  }),
  z.strictObject({ operation: z.literal('delete'), key }),
  z.strictObject({ operation: z.literal('increment'), key, value: integer, ttl }),
])

const vector = z.looseObject({ operation: z.enum(['insert', 'update', 'delete']), class: z.string() })
const graph = z.strictObject({ query: z.string(), bind_vars: z.record(z.string(), z.json()).default({}) })

export const multiMessage = z
  .strictObject({
    postgresql: sql.optional(),
    clickhouse: sql.optional(),
    dragonflydb: cache.optional(),
    weaviate: vector.optional(),
    arangodb: graph.optional(),
    idempotency_key: z.string().optional(),
    timeout_ms: ms,
  })
  .refine(({ idempotency_key: _key, timeout_ms: _ms, ...parts }) => Object.keys(parts).length > 0, 'names no database')

/** @throws DBS-2001 */
export function readMulti(operations: Router['operations'], message: unknown): MultiRequest {
  const asked = read(multiMessage, message)
  const timeoutMs = asked.timeout_ms === 0 ? null : asked.timeout_ms
  const statement = (database: EngineName, part: z.output<typeof sql> | undefined): Part[] => {
    if (part === undefined) return []
    const { query, params, company_id: companyId = null } = part
    return [sqlPart(operations, database, { ...positional(query, params, numberers[database]), timeoutMs, companyId })]
  }
  return {
    parts: [
      ...statement('postgres', asked.postgresql),
      ...statement('clickhouse', asked.clickhouse),
      ...(asked.dragonflydb === undefined ? [] : [cachePart(operations, cacheAsked(asked.dragonflydb))]),
      ...(asked.weaviate === undefined ? [] : [vectorPart(operations, vectorAsked(asked.weaviate))]),
      ...(asked.arangodb === undefined
        ? []
        : [graphPart(operations, { ...readGraphQuery(asked.arangodb), timeoutMs })]),
    ],
  }
}

type Numberer = (text: string, known: ReadonlySet<string>) => Numbered

const numberers: Partial<Record<EngineName, Numberer>> = { postgres: numberDollars, clickhouse: numberBraces }

function positional(text: string, given: z.output<typeof sql>['params'], number: Numberer | undefined) {
  if (Array.isArray(given) || number === undefined) return { text, values: Array.isArray(given) ? given : [] }
  const found = number(text, new Set(Object.keys(given)))
  return { text: found.text, values: found.names.map((name) => given[name] ?? null) }
}

function cacheAsked(asked: z.output<typeof cache>): Parameters<typeof cachePart>[1] {
  switch (asked.operation) {
    case 'set': {
      const terms = { ttlMs: ttlOf(asked.ttl), onlyIfAbsent: false }
      return { operation: 'set', request: { key: asked.key, text: JSON.stringify(asked.value), ...terms } }
    }
    case 'delete':
      return { operation: 'delete', keys: [asked.key] }
    case 'increment':
      return { operation: 'increment', request: { key: asked.key, by: asked.value, ttlMs: ttlOf(asked.ttl) } }
  }
}

const ttlOf = (seconds: number): number | null => (seconds === 0 ? null : seconds * 1_000)

/** One object beside `class`, or as /v1/vector takes them. */
function vectorAsked(asked: z.output<typeof vector>): Parameters<typeof vectorPart>[1] {
  const { operation, class: className, id, properties, vector: numbers, ...rest } = asked
  const own = { ...given({ id, properties, vector: numbers }) }
  const one = Object.keys(own).length > 0
  const whole = { class: className, ...rest }
  switch (operation) {
    case 'insert':
      return { operation, className, objects: readInsert(one ? { ...whole, objects: [own] } : whole).objects }
    case 'update':
      return { operation, className, object: readUpdate(one ? { ...whole, object: own } : whole).object }
    case 'delete':
      return { operation, className, ids: readDelete(id === undefined ? whole : { ...whole, ids: [id] }).ids }
    default:
      throw malformed('weaviate.operation: is none')
  }
}

const given = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
