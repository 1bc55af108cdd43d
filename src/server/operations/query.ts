import type { EngineName } from '../../core/engine.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { Category } from '../../core/routing/category.ts'
import type { TableResult } from '../../core/routing/cells.ts'
import { routeOf, type TableHomes } from '../../core/routing/route.ts'
import type { ResponseCache } from '../cache/response-cache.ts'
import { subjectOf } from '../cache/subject.ts'
import type { CacheTerms, CacheWish } from '../cache/terms.ts'
import type { Hierarchy, Source } from '../fallback/hierarchy.ts'
import type { Operation } from '../operation.ts'
import type { SqlStatement } from '../postgres/gateway.ts'
import { askedOf, idempotencyOf } from './idempotency.ts'
import type { SqlEngine, SqlEngines } from './sql-engine.ts'

export interface QueryRequest extends SqlStatement {
  /** Null: chosen by the category, or by what is asked. */
  readonly database: EngineName | null
  readonly category: Category | null
  readonly timeoutMs: number | null
  readonly cache: CacheWish
  /** All that is done with it, where it is a part: its idempotency key stands for that. */
  readonly partOf?: unknown
}

/** Where and how a response came to be. */
export interface Origin {
  readonly database: EngineName
  readonly category: Category
  readonly source: Source
  /** Of a cached response. */
  readonly ageMs: number | null
  /** What an earlier request with the same idempotency key was answered. */
  readonly replayed?: boolean
}

export interface QueryResponse {
  readonly table: TableResult
  readonly origin: Origin
}

export interface QueryNeeds {
  readonly engines: SqlEngines
  readonly homes: TableHomes
  readonly hierarchy: Hierarchy
  readonly cache: ResponseCache
  readonly cacheTerms: CacheTerms
}

/** Reads, or writes: `query` and `execute` differ in the verb alone. */
export function queryOperation(
  { engines, homes, hierarchy, cache, cacheTerms }: QueryNeeds,
  name: 'query' | 'execute',
): Operation<QueryRequest, QueryResponse> {
  const allowed = name === 'query' ? 'read' : 'write'
  return {
    name,
    verb: allowed,
    takesKey: true,
    engines: (request) => [routeOf(request, homes).engine],
    tell: ({ origin: { category, source } }) => ({ category, source }),
    async run(context, request) {
      const { engine, category } = routeOf(request, homes)
      const asked = engineOf(engines, engine, name)
      const verdict = await asked.judge(request.text, allowed, context.company)
      const idempotency =
        allowed === 'read' ? null : idempotencyOf(context, request.partOf ?? [name, engine, ...askedOf([request])])
      const options = {
        verb: allowed,
        writes: verdict.writes,
        ...timeout(request),
        ...(idempotency === null ? {} : { idempotency }),
      } as const
      const subject = verdict.cacheable && allowed === 'read' ? subjectOf(context, engine, request, verdict) : null
      const maxAgeMs = subject && cacheTerms.ageFor(request.cache, category, subject.key)
      const ask = () =>
        hierarchy.ask({
          engine,
          context,
          // Its transaction is read-only, whatever functions it calls.
          repeatable: allowed === 'read',
          keyed: idempotency !== null && asked.keepsKeys,
          run: (way) => asked.run(context, request, { ...options, way }),
          ...(subject === null || maxAgeMs === null ? {} : { remembered: () => cache.remembered(subject) }),
        })
      const { value, source, ageMs } =
        subject === null || maxAgeMs === null ? await ask() : await cache.through(subject, maxAgeMs, ask)
      const replayed = value.replayed === true
      return { table: value, origin: { database: engine, category, source, ageMs, replayed } }
    },
  }
}

export const timeout = ({ timeoutMs }: QueryRequest) => (timeoutMs === null ? {} : { timeoutMs })

const sqlEngines: ReadonlySet<EngineName> = new Set(['postgres', 'clickhouse'])

/** @throws DBS-2401 it is not configured, DBS-2342 it takes no SQL */
export function engineOf(engines: SqlEngines, engine: EngineName, operation: string): SqlEngine {
  const found = engines[engine]
  if (found !== undefined) return found
  if (sqlEngines.has(engine)) throw DbsvcError.of('DBS-2401', { engine })
  throw DbsvcError.of('DBS-2342', { engine, operation })
}
