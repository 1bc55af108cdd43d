import { z } from 'zod'
import { auth } from './auth.ts'
import { http } from './http.ts'
import { tls } from './tls.ts'

const circuit = z.strictObject({
  failures: z.int().min(1).max(1_000).default(5).describe('so many in a row leave an engine alone'),
  openMs: z.int().min(1).max(600_000).default(1_000).describe('for so long, and twice as long after each failed probe'),
  longestOpenMs: z.int().min(1).max(600_000).default(30_000),
  probeMs: z.int().min(1).max(600_000).default(5_000).describe('a probe that says nothing for so long is given up'),
})

const pool = z.strictObject({
  max: z.int().min(1).max(1_000).default(10).describe('connections to PostgreSQL, of all companies together'),
  min: z.int().min(0).max(1_000).default(0).describe('of those, kept when none is used'),
  maxPerCompany: z.int().min(1).max(1_000).default(6).describe('that one company uses at a time'),
  reservedPerCompany: z
    .int()
    .min(0)
    .max(1_000)
    .default(1)
    .describe('a company may always have so many; one that has them leaves as many free for others'),
  waitingPerCompany: z.int().min(0).max(100_000).default(500).describe('requests in the queue; the next is refused'),
  waitMs: z.int().min(1).max(600_000).default(5_000).describe('longest wait for a connection'),
  resultBytes: z
    .int()
    .min(1_024)
    .max(4_294_967_296)
    .default(67_108_864)
    .describe('of the rows of one answer, which are in memory as a whole; a stream may have any number'),
  idleMs: z.int().min(10).max(86_400_000).default(60_000).describe('an unused connection is closed after so long'),
  checkMs: z.int().min(10).max(86_400_000).default(10_000).describe('and tried after so long'),
  recycleAfterCompanies: z
    .int()
    .min(1)
    .max(100_000)
    .default(500)
    .describe('a connection that has served so many is replaced: it remembers the tables of each'),
})

const caching = z.enum(['off', 'hot', 'on']).default('off')

const cache = z.strictObject({
  memoryBytes: z
    .int()
    .min(0)
    .max(68_719_476_736)
    .default(67_108_864)
    .describe('of responses in this process; 0 caches none at all'),
  entryBytes: z.int().min(1_024).max(1_073_741_824).default(1_048_576).describe('a larger response is not kept'),
  ttlMs: z
    .int()
    .min(1)
    .max(3_600_000)
    .default(1_000)
    .describe('how old a cached response may be where the request does not say'),
  longestTtlMs: z.int().min(1).max(3_600_000).default(60_000).describe('and where it does, at most'),
  staleMs: z
    .int()
    .min(0)
    .max(86_400_000)
    .default(300_000)
    .describe('beyond that, how long one is kept for when no engine answers'),
  hotAfter: z.int().min(2).max(10_000).default(3).describe('asked so often within ttlMs, a read is hot'),
  categories: z
    .strictObject({ A: caching, B: caching, C: caching, D: caching })
    .prefault({})
    .describe('which reads are cached where the request does not say'),
  sharedTimeoutMs: z
    .int()
    .min(1)
    .max(10_000)
    .default(50)
    .describe('longest wait for the layer in DragonflyDB, which is used where dragonfly.url is set'),
})

const health = z.strictObject({
  intervalMs: z.int().min(50).max(600_000).default(5_000).describe('between two looks whether an engine answers'),
  timeoutMs: z.int().min(10).max(60_000).default(2_000).describe('an engine that is silent for longer does not answer'),
  vitalsMs: z.int().min(50).max(3_600_000).default(30_000).describe("between two readings of an engine's figures"),
  isolationMs: z
    .int()
    .min(0)
    .max(3_600_000)
    .default(60_000)
    .describe('between two attempts of one hidden company at another; 0 makes none'),
})

const log = z.strictObject({
  level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('requests that succeed are info, those refused warn, those failed error'),
})

const registry = z.strictObject({
  heartbeatWithinMs: z
    .int()
    .min(100)
    .max(86_400_000)
    .default(30_000)
    .describe('a registered service that is silent for longer expires'),
})

const idempotency = z.strictObject({
  keepMs: z
    .int()
    .min(1_000)
    .max(604_800_000)
    .default(86_400_000)
    .describe('how long an idempotency key, and the response to its request, is kept'),
})

const tracing = z.strictObject({
  endpoint: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('receives spans over OTLP/HTTP, such as http://127.0.0.1:4318/v1/traces; nothing is traced without'),
  sampleRatio: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('part of the requests that are traced, of those that come without a trace context'),
})

const stop = z.strictObject({
  drainMs: z
    .int()
    .min(0)
    .max(600_000)
    .default(0)
    .describe('serves on for so long after it was told to stop, while /readyz says that it is stopping'),
  graceMs: z
    .int()
    .min(0)
    .max(600_000)
    .default(25_000)
    .describe('requests under way are given so long to end, then their statements are cancelled'),
})

/** `dbsvc serve`. */
export const server = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('address that dbsvc serve listens on'),
  port: z.int().min(0).max(65_535).default(8080).describe('0 takes a free one'),
  allowExcessRights: z
    .boolean()
    .default(false)
    .describe('serve even where a login that serves is a superuser, owns something or is a member of another role'),
  hostileCompanies: z
    .boolean()
    .default(false)
    .describe('companies write statements themselves: refuse to serve an engine that cannot keep them apart by itself'),
  allowUnseparated: z
    .array(z.enum(['clickhouse', 'weaviate']))
    .default([])
    .describe('engines that are served to hostile companies all the same'),
  auth: auth.prefault({}),
  tls: tls.prefault({}),
  http: http.prefault({}),
  circuit: circuit.prefault({}),
  pool: pool.prefault({}),
  cache: cache.prefault({}),
  health: health.prefault({}),
  log: log.prefault({}),
  registry: registry.prefault({}),
  tracing: tracing.prefault({}),
  idempotency: idempotency.prefault({}),
  stop: stop.prefault({}),
})
