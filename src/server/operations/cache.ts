import { DbsvcError } from '../../core/errors/error.ts'
import type { Verb } from '../auth/identity.ts'
import type { Hierarchy } from '../fallback/hierarchy.ts'
import type { Operation } from '../operation.ts'
import type { Way } from '../postgres/gateway.ts'
import type { CachedEntry, CacheGateway, KeyOwner } from '../stores/cache-gateway.ts'
import { timed } from '../timed.ts'

export interface CacheSetRequest extends CachedEntry {
  readonly key: string
  /** Leaves a key that exists as it is. */
  readonly onlyIfAbsent: boolean
}

export interface CacheIncrementRequest {
  readonly key: string
  readonly by: bigint
  /** For a key that this makes; null keeps it. */
  readonly ttlMs: number | null
}

export type CacheOperations = ReturnType<typeof cacheOperations>

/** A company's own keys in DragonflyDB. @param cache null where none is configured */
export function cacheOperations(cache: CacheGateway | null, hierarchy: Hierarchy) {
  /** Each throws DBS-2401 without DragonflyDB, DBS-2402 for a key that cannot be one, DBS-2340 when it cannot be reached. */
  const operation = <Request, Result>(
    name: string,
    verb: Verb,
    keysOf: (request: Request) => readonly string[],
    ask: (cache: CacheGateway, owner: KeyOwner, way: Way, request: Request) => Promise<Result>,
  ): Operation<Request, Result> => ({
    name,
    verb,
    engines: () => ['dragonfly'],
    tell: () => ({ category: 'A' }),
    async run(context, request) {
      if (cache === null) throw DbsvcError.of('DBS-2401', { engine: 'dragonfly' })
      checkKeys(keysOf(request))
      const run = (way: Way) => ask(cache, context.company, way, request)
      const attempts = { engine: 'dragonfly', context, repeatable: verb === 'read', run } as const
      return (await timed(context, () => hierarchy.ask(attempts))).value
    },
  })

  return {
    get: operation(
      'cache_get',
      'read',
      (keys: readonly string[]) => keys,
      (store, { company }, way, keys) => store.get(company, way, keys),
    ),
    set: operation(
      'cache_set',
      'write',
      ({ key }: CacheSetRequest) => [key],
      (store, owner, way, request) => store.set(owner, way, request.key, request, request.onlyIfAbsent),
    ),
    delete: operation(
      'cache_delete',
      'write',
      (keys: readonly string[]) => keys,
      (store, { company }, way, keys) => store.delete(company, way, keys),
    ),
    increment: operation(
      'cache_increment',
      'write',
      ({ key }: CacheIncrementRequest) => [key],
      (store, owner, way, { key, by, ttlMs }) => store.increment(owner, way, key, by, ttlMs),
    ),
  }
}

const mostKeys = 1_000
const longestKey = 1_024

function checkKeys(keys: readonly string[]): void {
  const refuse = (reason: string): DbsvcError => DbsvcError.of('DBS-2402', { reason })
  if (keys.length > mostKeys) throw refuse(`${keys.length} keys at once, and at most ${mostKeys} are taken`)
  for (const key of keys) {
    if (key === '') throw refuse('a key is empty')
    if (Buffer.byteLength(key) > longestKey) throw refuse(`a key has more than ${longestKey} bytes`)
    // Half a surrogate pair would be replaced on its way, and different keys would become one.
    if (!key.isWellFormed()) throw refuse('a key is not well-formed Unicode')
  }
}
