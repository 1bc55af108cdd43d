import { connect } from 'node:net'
import { beforeAll, describe, expect, test } from 'vitest'
import { numberOf, readMetrics as readMetricsOf } from '../support/metrics.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { createCluster } from '../support/shipped-cluster.ts'

let router: TestRouter

beforeAll(async () => {
  router = await startRouter(await createCluster(), { env: { DBSVC_SERVER_HEALTH_INTERVAL_MS: '100' } })
})

const readMetrics = (): Promise<string> => readMetricsOf(router)

describe('the log', () => {
  const lineOf = async (requestId: string): Promise<Record<string, unknown>> => {
    const [line] = await router.process.waitFor(new RegExp(`^.*"request_id":"${requestId}".*"msg":"request".*$`, 'm'))
    return JSON.parse(line ?? '') as Record<string, unknown>
  }

  test('has a line for each request: who, for whom, what, how it ended and what it took', async () => {
    await router.post('/v1/query', { sql: 'select 1' }, { 'x-request-id': 'logged-1' })
    expect(await lineOf('logged-1')).toMatchObject({
      level: 30,
      service: expect.stringMatching(/^service-/),
      company: 'company_abc',
      operation: 'query',
      outcome: 'ok',
      category: 'A',
      duration_ms: expect.any(Number),
      engine_ms: expect.any(Number),
    })
  })

  test('tells a request that is refused, by its code', async () => {
    await router.post('/v1/query', { sql: 'select 1' }, { authorization: '', 'x-request-id': 'logged-2' })
    expect(await lineOf('logged-2')).toMatchObject({
      level: 40,
      outcome: 'refused',
      code: 'DBS-2101',
      service: null,
      company: null,
    })
    await router.post('/v1/query', { sql: 'select 1/0' }, { 'x-request-id': 'logged-3' })
    expect(await lineOf('logged-3')).toMatchObject({ outcome: 'refused', code: '22012' })
  })

  test('has neither statements nor parameters nor credentials, nor what a header smuggles in', async () => {
    const sql = `select 'of-the-statement' where $1 = 'x'`
    await router.post('/v1/query', { sql, params: ['of-the-parameters'] }, { 'x-request-id': 'logged-4' })
    await router.post(
      '/v1/query',
      { sql: `select 'of-the-statement'::integer` },
      { 'x-request-id': 'logged-5', 'x-dbsvc-user': 'of-the-user' },
    )
    await router.post(
      '/v1/query',
      { sql: 'select 1' },
      { 'x-request-id': 'logged-6', 'x-dbsvc-company': `of-the-company","level":60,"x":"` },
    )
    await lineOf('logged-4')
    await lineOf('logged-5')
    expect(await lineOf('logged-6')).toMatchObject({ company: null, outcome: 'refused' })
    const [everything] = await router.process.waitFor(/.*/s)
    for (const secret of ['of-the-statement', 'of-the-parameters', 'of-the-user', 'of-the-company', router.key])
      expect(everything).not.toContain(secret)
  })
})

describe('requests that reach no operation', () => {
  const none = 'dbsvc_request_duration_seconds_count{operation="none",category="",outcome="refused"}'
  const counted = async (): Promise<number> => numberOf(await readMetrics(), none) || 0
  const line = async (requestId: string): Promise<Record<string, unknown>> => {
    const [found] = await router.process.waitFor(new RegExp(`^.*"request_id":"${requestId}".*$`, 'm'))
    return JSON.parse(found ?? '') as Record<string, unknown>
  }
  const send = (path: string, requestId: string, body: string) =>
    fetch(`${router.url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${router.key}`,
        'content-type': 'application/json',
        'x-request-id': requestId,
      },
      body,
    })

  test('are logged and counted by what is wrong with them', async () => {
    const before = await counted()
    await send('/v1/query', 'unread-1', '{"sql": "of-the-message')
    await send('/v1/nothing', 'unread-2', '{}')
    await send('/v1/query', 'unread-3', '{"sequel": "of-the-message"}')
    await send('/v1/config/%zz', 'unread-4', '{}')
    for (const [id, code] of [
      ['unread-1', 'DBS-2001'],
      ['unread-2', 'DBS-2006'],
      ['unread-3', 'DBS-2001'],
      ['unread-4', 'DBS-2001'],
    ] as const)
      expect(await line(id)).toMatchObject({
        operation: 'none',
        outcome: 'refused',
        code,
        service: null,
        company: null,
      })
    expect((await counted()) - before).toBe(4)
    const [everything] = await router.process.waitFor(/.*/s)
    expect(everything).not.toContain('of-the-message')
  })

  test('and so is what is no HTTP', async () => {
    const before = await counted()
    const socket = connect(router.port, '127.0.0.1', () => socket.end('what is this\r\n\r\n'))
    const answer: Buffer[] = []
    socket.on('data', (piece) => answer.push(piece))
    await new Promise((resolve) => socket.on('close', resolve))
    expect(Buffer.concat(answer).toString()).toMatch(/^HTTP\/1\.1 400/)
    expect((await counted()) - before).toBe(1)
  })

  test('and so are messages of Connect', async () => {
    const before = await counted()
    await send('/dbsvc.v1.QueryService/Query', 'unread-6', '{"sql": "of-the-message')
    await send('/dbsvc.v1.QueryService/Query', 'unread-7', '{"sql": "select 1", "timeoutMs": -1}')
    expect(await line('unread-6')).toMatchObject({ operation: 'none', outcome: 'refused', code: 'DBS-2001' })
    expect(await line('unread-7')).toMatchObject({ operation: 'none', outcome: 'refused', code: 'DBS-2001' })
    expect((await counted()) - before).toBe(2)
  })

  test('one that an operation has refused is told of once', async () => {
    const before = await counted()
    await router.post('/v1/query', { sql: 'select 1' }, { authorization: '', 'x-request-id': 'unread-5' })
    expect(await line('unread-5')).toMatchObject({ operation: 'authenticate' })
    expect(await counted()).toBe(before)
  })
})

describe('the metrics', () => {
  test('count requests by operation, category and outcome, and time them', async () => {
    const series = `dbsvc_request_duration_seconds_count{operation="query",category="A",outcome="ok"}`
    await router.post('/v1/query', { sql: 'select 1' })
    const before = numberOf(await readMetrics(), series)
    // No statement may sleep; this one takes its time all the same.
    const slow = 'select count(*) from generate_series(1, 400000)'
    for (let turn = 0; turn < 5; turn += 1) await router.post('/v1/query', { sql: slow })
    const metrics = await readMetrics()
    expect(numberOf(metrics, series) - before).toBe(5)
    expect(numberOf(metrics, series.replace('_count', '_sum'))).toBeGreaterThan(0.05)
    const own = (part: string) => numberOf(metrics, `dbsvc_router_duration_seconds_${part}{operation="query"}`)
    expect(own('sum') / own('count')).toBeLessThan(1)
  })

  test('count errors by code, and the SQLSTATEs that statements raise as one', async () => {
    const before = numberOf(await readMetrics(), 'dbsvc_errors_total{code="SQL"}') || 0
    await router.post('/v1/query', { sql: 'select 1/0' })
    await router.post('/v1/query', { sql: `select 'x'::integer` })
    const metrics = await readMetrics()
    expect(numberOf(metrics, 'dbsvc_errors_total{code="SQL"}') - before).toBe(2)
    expect(metrics).not.toContain('22012')
  })

  test('show the pool and the engines', async () => {
    const up = async () => numberOf(await readMetrics(), 'dbsvc_engine_up{engine="postgres"}')
    await expect.poll(up, { timeout: 5_000 }).toBe(1)
    const metrics = await readMetrics()
    expect(numberOf(metrics, 'dbsvc_pool_connections{state="open"}')).toBeGreaterThan(0)
    expect(numberOf(metrics, 'dbsvc_pool_connections{state="waiting"}')).toBe(0)
  })

  test('name no company, user or service, however many ask', async () => {
    const count = async () => (await readMetrics()).split('\n').length
    const before = await count()
    for (let turn = 0; turn < 20; turn += 1)
      await router.post(
        '/v1/query',
        { sql: 'select 1' },
        { 'x-dbsvc-company': `nobody_${turn}`, 'x-dbsvc-user': `u${turn}` },
      )
    expect((await count()) - before).toBeLessThan(40)
    expect(await readMetrics()).not.toMatch(/company_abc|nobody_|service-/)
  })
})
