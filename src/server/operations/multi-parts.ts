import type { EngineName } from '../../core/engine.ts'
import { generateUuid } from '../../engines/weaviate/uuid.ts'
import type { Router } from '../router.ts'
import type { GraphQuery } from '../stores/graph-gateway.ts'
import type { NewObject } from '../stores/vector-gateway.ts'
import type { CacheIncrementRequest, CacheSetRequest } from './cache.ts'
import { askedOf } from './idempotency.ts'
import type { Part } from './multi.ts'
import type { QueryRequest } from './query.ts'

type Operations = Pick<Router['operations'], 'execute' | 'cache' | 'vector' | 'graph'>

export type SqlAsked = Pick<QueryRequest, 'text' | 'values' | 'timeoutMs'> & {
  /** Null where the part names none. */
  readonly companyId: string | null
}

export type CacheAsked =
  | { readonly operation: 'set'; readonly request: CacheSetRequest }
  | { readonly operation: 'delete'; readonly keys: readonly string[] }
  | { readonly operation: 'increment'; readonly request: CacheIncrementRequest }

export type VectorAsked =
  | { readonly operation: 'insert'; readonly className: string; readonly objects: readonly NewObject[] }
  | { readonly operation: 'update'; readonly className: string; readonly object: NewObject & { readonly id: string } }
  | { readonly operation: 'delete'; readonly className: string; readonly ids: readonly string[] }

/** A statement for PostgreSQL or ClickHouse. */
export function sqlPart({ execute }: Operations, database: EngineName, asked: SqlAsked): Part {
  const { text, values, timeoutMs, companyId } = asked
  const { cache, category } = { cache: { mode: null, ttlMs: null }, category: null }
  return {
    engine: database,
    asked: askedOf([asked]),
    statement: text,
    ...(companyId === null ? {} : { companyId }),
    async run(context, whole) {
      const request = { text, values, timeoutMs, database, cache, category, partOf: whole.asked }
      return { kind: 'table', table: (await execute.run(context, request)).table }
    },
  }
}

/** Keys of the company in DragonflyDB. */
export function cachePart({ cache }: Operations, asked: CacheAsked): Part {
  return {
    engine: 'dragonfly',
    asked: asked.operation === 'increment' ? [asked.request.key, String(asked.request.by)] : asked,
    async run(context) {
      switch (asked.operation) {
        case 'set':
          return { kind: 'fields', fields: { stored: await cache.set.run(context, asked.request) } }
        case 'delete':
          return { kind: 'fields', fields: { deleted: await cache.delete.run(context, asked.keys) } }
        case 'increment':
          return { kind: 'fields', fields: { value: String(await cache.increment.run(context, asked.request)) } }
      }
    },
  }
}

/** Objects of the company's tenant in Weaviate; the same request makes the same ids. */
export function vectorPart({ vector }: Operations, asked: VectorAsked): Part {
  const place = { className: asked.className, tenantFilter: null }
  return {
    engine: 'weaviate',
    asked,
    async run(context, { key }) {
      switch (asked.operation) {
        case 'insert': {
          const named = asked.objects.map((object, at) => ({
            ...object,
            id: object.id ?? generateUuid(JSON.stringify([context.company.company, asked.className, key, at])),
          }))
          return { kind: 'fields', fields: { ids: await vector.insert.run(context, { ...place, objects: named }) } }
        }
        case 'update':
          await vector.update.run(context, { ...place, object: asked.object })
          return { kind: 'fields', fields: {} }
        case 'delete':
          return { kind: 'fields', fields: { deleted: await vector.delete.run(context, { ...place, ids: asked.ids }) } }
      }
    },
  }
}

/** AQL on the company's database in ArangoDB. */
export function graphPart({ graph }: Operations, asked: GraphQuery): Part {
  return {
    engine: 'arango',
    asked: [asked.text, asked.bindVars],
    async run(context) {
      return { kind: 'results', results: (await graph.execute.run(context, asked)).results }
    },
  }
}
