import { z } from 'zod'
import type { EngineName } from '../../core/engine.ts'
import { categoryNames } from '../../core/routing/category.ts'
import type { WireValue } from '../../engines/postgres/context/wire.ts'
import type { BatchRequest } from '../operations/batch.ts'
import type { QueryRequest } from '../operations/query.ts'
import { parameterOf } from '../values/parameter.ts'
import { read } from './read.ts'

/** Databases by the names that the specification gives them. */
const databases: Readonly<Record<string, EngineName>> = {
  postgresql: 'postgres',
  clickhouse: 'clickhouse',
  dragonflydb: 'dragonfly',
  weaviate: 'weaviate',
  arangodb: 'arango',
}

const ms = z.int().min(0).max(3_600_000)
export const params = z.array(z.unknown().transform(readParameter)).default([])

export function readParameter(value: unknown, context: z.RefinementCtx): WireValue {
  try {
    return parameterOf(value)
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof RangeError ? error.message : 'is no parameter' })
    return z.NEVER
  }
}

export const queryMessage = z.strictObject({
  sql: z.string(),
  params,
  database: z.enum(Object.keys(databases)).optional(),
  category: z.enum(categoryNames).optional(),
  cache: z.strictObject({ mode: z.enum(['on', 'off']).optional(), ttl_ms: ms.default(0) }).prefault({}),
  // 0 leaves it to the tier, as in Protocol Buffers.
  timeout_ms: ms.default(0),
  idempotency_key: z.string().optional(),
})

/** @throws DBS-2001 */
export function readQuery(message: unknown): QueryRequest {
  const { sql, params, database, category, cache, timeout_ms } = read(queryMessage, message)
  return {
    text: sql,
    values: params,
    database: database === undefined ? null : (databases[database] ?? null),
    category: category ?? null,
    cache: { mode: cache.mode ?? null, ttlMs: cache.ttl_ms === 0 ? null : cache.ttl_ms },
    timeoutMs: timeout_ms === 0 ? null : timeout_ms,
  }
}

export const batchMessage = z.strictObject({
  statements: z
    .array(z.strictObject({ sql: z.string(), params }))
    .min(1)
    .max(1_000),
  timeout_ms: ms.default(0),
  idempotency_key: z.string().optional(),
})

/** @throws DBS-2001 */
export function readBatch(message: unknown): BatchRequest {
  const { statements, timeout_ms } = read(batchMessage, message)
  return {
    statements: statements.map(({ sql, params: values }) => ({ text: sql, values })),
    timeoutMs: timeout_ms === 0 ? null : timeout_ms,
  }
}

export const databaseNameOf = (engine: EngineName): string =>
  Object.keys(databases).find((name) => databases[name] === engine) ?? engine

/** @throws RangeError it is none of the specification's names */
export function engineNamed(name: string): EngineName {
  const engine = databases[name]
  if (engine === undefined) throw new RangeError(`${name} is no database`)
  return engine
}
