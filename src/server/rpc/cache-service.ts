import type { MessageInitShape } from '@bufbuild/protobuf'
import type { ServiceImpl } from '@connectrpc/connect'
import { DbsvcError } from '../../core/errors/error.ts'
import type { CacheGetResponseSchema, CacheService } from '../contract/dbsvc/v1/cache_pb.js'
import { perform } from '../perform.ts'
import type { Router } from '../router.ts'
import type { CachedEntry } from '../stores/cache-gateway.ts'
import type { Answer } from './answer.ts'
import { jsonOfValue, valueOfJson } from './json-values.ts'

/** A company's own keys in DragonflyDB. */
export function cacheService(router: Router, answer: Answer): ServiceImpl<typeof CacheService> {
  const { cache } = router.operations
  return {
    get: (message, context) =>
      answer(context, message, async (call) => {
        const [entry = null] = await perform(router, cache.get, call, [message.key])
        return render(entry)
      }),
    getMany: (message, context) =>
      answer(context, message, async (call) => {
        const entries = await perform(router, cache.get, call, some(message.keys))
        return { entries: entries.map(render) }
      }),
    set: (message, context) =>
      answer(context, message, async (call) => {
        const { key, value, onlyIfAbsent } = message
        const text = value === undefined ? 'null' : jsonOfValue(value)
        const stored = await perform(router, cache.set, call, { key, text, ttlMs: ttlOf(message.ttlMs), onlyIfAbsent })
        return { stored }
      }),
    delete: (message, context) =>
      answer(context, message, async (call) => ({
        deleted: BigInt(await perform(router, cache.delete, call, some(message.keys))),
      })),
    increment: (message, context) =>
      answer(context, message, async (call) => {
        const { key, by, ttlMs } = message
        return { value: await perform(router, cache.increment, call, { key, by, ttlMs: ttlOf(ttlMs) }) }
      }),
  }
}

const render = (entry: CachedEntry | null): MessageInitShape<typeof CacheGetResponseSchema> =>
  entry === null ? { found: false } : { found: true, value: valueOfJson(entry.text), ttlMs: BigInt(entry.ttlMs ?? 0) }

function some(keys: readonly string[]): readonly string[] {
  if (keys.length > 0) return keys
  throw DbsvcError.of('DBS-2001', { reason: 'keys: names none' })
}

function ttlOf(ms: bigint): number | null {
  if (ms === 0n) return null
  if (ms <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(ms)
  throw DbsvcError.of('DBS-2001', { reason: 'ttl_ms: more than 53 bits' })
}
