import { beforeAll, expect, test } from 'vitest'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { type ReceivedSpan, type SpanReceiver, startSpanReceiver } from '../support/span-receiver.ts'

let cluster: Cluster
let receiver: SpanReceiver
let router: TestRouter

beforeAll(async () => {
  cluster = await createCluster()
  receiver = await startSpanReceiver()
  router = await startRouter(cluster, {
    env: { DBSVC_SERVER_TRACING_ENDPOINT: receiver.url, DBSVC_SERVER_TRACING_SAMPLE_RATIO: '0' },
  })
})

let last = 0
/** A trace of its own, which is sampled because its sender says so. */
const newTrace = () => {
  last += 1
  const traceId = last.toString(16).padStart(32, 'a')
  return { traceId, traceparent: `00-${traceId}-00f067aa0ba902b7-01` }
}

/** All of a trace, once spans of these names have come; a first attempt that had no connection at hand counts for nothing. */
const spansOf = async (traceId: string, names: readonly string[]): Promise<ReceivedSpan[]> => {
  const found = () =>
    receiver.spans.filter((span) => span.traceId === traceId && span.attributes['error.type'] !== 'DBS-2301')
  const seen = () => found().map(({ name }) => name)
  await expect.poll(() => seen().toSorted(), { timeout: 10_000 }).toEqual([...names].toSorted())
  return found()
}
const named = (spans: readonly ReceivedSpan[], name: string) => spans.find((span) => span.name === name)

test('a request has spans for itself, the guard and the engine, below the span of whoever sent it', async () => {
  const { traceId, traceparent } = newTrace()
  await router.post('/v1/query', { sql: 'select 1' }, { traceparent, 'x-request-id': 'traced-1' })
  const spans = await spansOf(traceId, ['dbsvc query', 'guard', 'engine'])
  const request = named(spans, 'dbsvc query')
  expect(request).toMatchObject({
    parentSpanId: '00f067aa0ba902b7',
    attributes: {
      'service.name': 'dbsvc',
      'dbsvc.operation': 'query',
      'dbsvc.request_id': 'traced-1',
      'dbsvc.outcome': 'ok',
      'dbsvc.category': 'A',
    },
  })
  for (const name of ['guard', 'engine']) expect(named(spans, name)?.parentSpanId).toBe(request?.spanId)
  expect(named(spans, 'engine')?.attributes).toMatchObject({
    'db.system.name': 'postgres',
    'dbsvc.way': expect.stringMatching(/^(direct|pool)$/),
  })
})

test('a cached read has one for the cache, which says whether it was there', async () => {
  const ask = (traceparent: string) =>
    router.post(
      '/v1/query',
      { sql: 'select count(*) from users', cache: { mode: 'on', ttl_ms: 30_000 } },
      { traceparent },
    )
  const [first, second] = [newTrace(), newTrace()]
  await ask(first.traceparent)
  await ask(second.traceparent)
  const missed = await spansOf(first.traceId, ['dbsvc query', 'guard', 'cache', 'engine'])
  expect(named(missed, 'cache')?.attributes['dbsvc.cache_hit']).toBe(false)
  expect(named(missed, 'engine')?.parentSpanId).toBe(named(missed, 'cache')?.spanId)
  const hit = await spansOf(second.traceId, ['dbsvc query', 'guard', 'cache'])
  expect(named(hit, 'cache')?.attributes['dbsvc.cache_hit']).toBe(true)
})

test('a failure is marked with its code; of statements, parameters, users and credentials nothing is told', async () => {
  const { traceId, traceparent } = newTrace()
  await router.post(
    '/v1/query',
    { sql: `select 'of-the-statement'::integer where $1 = 'x'`, params: ['of-the-parameters'] },
    { traceparent, 'x-dbsvc-user': 'of-the-user' },
  )
  const spans = await spansOf(traceId, ['dbsvc query', 'guard', 'engine'])
  expect(named(spans, 'dbsvc query')).toMatchObject({ status: 2, attributes: { 'error.type': '22P02' } })
  const refused = newTrace()
  await router.post('/v1/execute', { sql: 'drop table users' }, { traceparent: refused.traceparent })
  expect(named(await spansOf(refused.traceId, ['dbsvc execute', 'guard']), 'guard')).toMatchObject({
    status: 2,
    attributes: { 'error.type': 'DBS-2202' },
  })
  for (const secret of ['of-the-statement', 'of-the-parameters', 'of-the-user', router.key, 'Bearer'])
    expect(receiver.text()).not.toContain(secret)
})

test('calls of Connect are traced too', async () => {
  const { traceId, traceparent } = newTrace()
  await router.post('/dbsvc.v1.QueryService/Query', { sql: 'select 1' }, { traceparent })
  await spansOf(traceId, ['dbsvc query', 'guard', 'engine'])
})

test('without a trace context the ratio decides, and a sender that does not sample is followed', async () => {
  const { traceId, traceparent } = newTrace()
  const before = receiver.spans.length
  await router.post('/v1/query', { sql: 'select 1' })
  await router.post('/v1/query', { sql: 'select 1' }, { traceparent: traceparent.replace(/01$/, '00') })
  const seen = newTrace()
  await router.post('/v1/query', { sql: 'select 1' }, { traceparent: seen.traceparent })
  await spansOf(seen.traceId, ['dbsvc query', 'guard', 'engine'])
  expect(receiver.spans.slice(before).map((span) => span.traceId)).not.toContain(traceId)
  expect(new Set(receiver.spans.slice(before).map((span) => span.traceId))).toEqual(new Set([seen.traceId]))
})

test('off by default, and a receiver that is away costs no request anything', async () => {
  const { traceId, traceparent } = newTrace()
  const silent = await startRouter(cluster)
  const lost = await startRouter(cluster, { env: { DBSVC_SERVER_TRACING_ENDPOINT: 'http://127.0.0.1:9/v1/traces' } })
  for (const each of [silent, lost]) {
    const { status } = await each.post('/v1/query', { sql: 'select 1' }, { traceparent })
    expect(status).toBe(200)
    await each.stop()
  }
  expect(receiver.spans.map((span) => span.traceId)).not.toContain(traceId)
})
