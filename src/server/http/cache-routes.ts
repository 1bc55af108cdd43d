import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Call } from '../call.ts'
import { perform } from '../perform.ts'
import type { Router } from '../router.ts'
import type { CachedEntry } from '../stores/cache-gateway.ts'
import { read } from './read.ts'
import { sendJson } from './render.ts'

const key = z.string()
const keys = z.array(key).min(1)
// What JSON's numbers hold without loss, and far more than a lifetime.
const ttl_ms = z.int().min(0).default(0)
const int64 = z
  .union([z.int(), z.string().regex(/^-?\d{1,19}$/)])
  .transform(BigInt)
  .refine((value) => BigInt.asIntN(64, value) === value, 'more than 64 bits')

export const cacheMessages = {
  get: z.strictObject({ key }),
  getMany: z.strictObject({ keys }),
  set: z.strictObject({
    key,
    value: z.unknown().refine((value) => value !== undefined, 'is missing'),
    ttl_ms,
    only_if_absent: z.boolean().default(false),
  }),
  delete: z.union([z.strictObject({ keys }), z.strictObject({ key })], {
    error: 'takes key, a string, or keys, a list with at least one, and not both',
  }),
  increment: z.strictObject({ key, by: int64.default(1n), ttl_ms }),
}

/** POST /v1/cache/get, get_many, set, delete and increment; values are JSON and are kept as JSON. */
export function addCacheRoutes(app: FastifyInstance, router: Router, callOf: (request: FastifyRequest) => Call): void {
  const { cache } = router.operations

  app.post('/v1/cache/get', async (request, reply) => {
    const asked = read(cacheMessages.get, request.body)
    const [entry = null] = await perform(router, cache.get, callOf(request), [asked.key])
    return sendJson(reply, renderEntry(entry))
  })
  app.post('/v1/cache/get_many', async (request, reply) => {
    const asked = read(cacheMessages.getMany, request.body)
    const entries = await perform(router, cache.get, callOf(request), asked.keys)
    return sendJson(reply, `{"entries":[${entries.map(renderEntry).join(',')}]}`)
  })
  app.post('/v1/cache/set', async (request) => {
    const asked = read(cacheMessages.set, request.body)
    const wanted = {
      key: asked.key,
      text: JSON.stringify(asked.value),
      ttlMs: ttlOf(asked.ttl_ms),
      onlyIfAbsent: asked.only_if_absent,
    }
    return { stored: await perform(router, cache.set, callOf(request), wanted) }
  })
  app.post('/v1/cache/delete', async (request) => {
    const asked = read(cacheMessages.delete, request.body)
    const named = 'keys' in asked ? asked.keys : [asked.key]
    return { deleted: await perform(router, cache.delete, callOf(request), named) }
  })
  app.post('/v1/cache/increment', async (request) => {
    const { key, by, ttl_ms } = read(cacheMessages.increment, request.body)
    const value = await perform(router, cache.increment, callOf(request), { key, by, ttlMs: ttlOf(ttl_ms) })
    // A string, as all 64-bit integers are in JSON.
    return { value: value.toString() }
  })
}

const ttlOf = (ms: number): number | null => (ms === 0 ? null : ms)

/** As it is kept, so that no digit of a number is lost; what is no JSON was put there by another client, and is text. */
function renderEntry(entry: CachedEntry | null): string {
  if (entry === null) return '{"found":false,"value":null,"ttl_ms":0}'
  const value = isJson(entry.text) ? entry.text : JSON.stringify(entry.text)
  return `{"found":true,"value":${value},"ttl_ms":${entry.ttlMs ?? 0}}`
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
