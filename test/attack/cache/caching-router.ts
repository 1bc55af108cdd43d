import { afterAll } from 'vitest'
import { configSchema } from '../../../src/config/schema.ts'
import type { TableResult } from '../../../src/core/routing/cells.ts'
import type { ContextPool } from '../../../src/engines/postgres/context/pool.ts'
import { withInvalidation } from '../../../src/server/cache/invalidating-gateway.ts'
import { openResponseCache } from '../../../src/server/cache/open-response-cache.ts'
import type { CacheCounts } from '../../../src/server/cache/response-cache.ts'
import { type CacheWish, createCacheTerms } from '../../../src/server/cache/terms.ts'
import type { RequestContext } from '../../../src/server/context/request-context.ts'
import { createCircuits } from '../../../src/server/fallback/circuits.ts'
import { createHierarchy, type FailedAttempt } from '../../../src/server/fallback/hierarchy.ts'
import type { Verdict } from '../../../src/server/guard/verdict.ts'
import { type QueryResponse, queryOperation } from '../../../src/server/operations/query.ts'
import { openPostgresGateway } from '../../../src/server/postgres/open-gateway.ts'

/** Operations of one router on real engines, with a guard that takes every table behind FROM, INTO and UPDATE for what is touched. */
export interface CachingRouter {
  query(who: Who, text: string, wish?: Partial<CacheWish>): Promise<QueryResponse>
  execute(who: Who, text: string): Promise<QueryResponse>
  counts(): CacheCounts
  readonly failures: readonly FailedAttempt[]
}

export interface Who {
  readonly company: string
  readonly user?: string
  readonly service?: string
  readonly schemaVersion?: string
}

const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of closing) await close()
})

export async function openCachingRouter(pool: ContextPool, dragonflyUrl?: string): Promise<CachingRouter> {
  const config = configSchema.parse({
    ...(dragonflyUrl === undefined ? {} : { dragonfly: { url: dragonflyUrl } }),
    server: { cache: { ttlMs: 30_000, sharedTimeoutMs: 1_000 } },
  })
  const failures: FailedAttempt[] = []
  const circuits = createCircuits(config.server.circuit, () => performance.now())
  const cache = await openResponseCache(config, circuits, async () => 'of-the-router')
  closing.push(() => cache.close())
  const postgres = withInvalidation(openPostgresGateway(pool, 60_000), cache)
  const needs = {
    engines: { postgres: { judge, run: postgres.run, stream: postgres.stream, keepsKeys: true } },
    homes: new Map(),
    hierarchy: createHierarchy(circuits, (failure) => failures.push(failure)),
    cache,
    cacheTerms: createCacheTerms(config.server.cache),
  }
  const [query, execute] = [queryOperation(needs, 'query'), queryOperation(needs, 'execute')]
  const request = (text: string, wish: Partial<CacheWish>) => ({
    text,
    values: [],
    database: null,
    category: null,
    timeoutMs: null,
    cache: { mode: 'on' as const, ttlMs: null, ...wish },
  })
  return {
    query: (who, text, wish = {}) => query.run(contextOf(who), request(text, wish)),
    execute: (who, text) => execute.run(contextOf(who), request(text, {})),
    counts: cache.counts,
    failures,
  }
}

function judge(text: string, verb: 'read' | 'write'): Verdict {
  const tables = [...text.matchAll(/\b(?:from|into|update)\s+([\w.]+)/g)].map(([, table = '']) => table)
  return { verb, reads: tables, writes: verb === 'write' ? tables : [], cacheable: true }
}

function contextOf({ company, user, service = 'trading-engine', schemaVersion = '1' }: Who): RequestContext {
  const { tiers } = configSchema.parse({})
  return {
    requestId: 'r',
    service: {
      name: service,
      credential: 'k',
      grants: {
        companies: null,
        engines: new Set(['postgres']),
        verbs: new Set(['read', 'write']),
        wholeCompany: true,
      },
    },
    company: { company, tier: 'pro', limits: tiers.pro, state: 'active', schemaVersion },
    user: user ?? null,
    session: null,
    idempotencyKey: null,
    arrivedAt: 0,
    signal: new AbortController().signal,
    timing: { engineMs: 0 },
  }
}

export const cellsOf = ({ table }: { readonly table: TableResult }) => table.rows.map(([cell]) => cell)
