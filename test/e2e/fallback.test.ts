import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { startWireProxy, type WireProxy } from '../support/wire-proxy.ts'

interface Info {
  readonly source: string
  readonly category: string
  readonly database: string
  readonly age_ms: number | null
}
type Body = { readonly rows: string[][]; readonly info: Info; readonly error: { code: string; message: string } }

let cluster: Cluster
let proxy: WireProxy
let router: TestRouter

beforeAll(async () => {
  cluster = await createCluster()
  proxy = await startWireProxy(cluster.database)
  router = await startRouter(cluster, {
    env: { DBSVC_POSTGRES_PORT: String(proxy.port), DBSVC_SERVER_HEALTH_ISOLATION_MS: '0' },
  })
})
afterAll(() => proxy.close())

const ask = (body: object, headers = {}): Promise<Answer<Body>> => router.post('/v1/query', body, headers)
const users = 'select user_id from users order by 1'
const cached = { sql: users, cache: { mode: 'on', ttl_ms: 20_000 } }

test('says where a response came from', async () => {
  const { body } = await ask({ sql: 'select 1' })
  expect(body.info).toEqual({
    request_id: expect.any(String),
    database: 'postgresql',
    category: 'A',
    source: 'connection_pool',
    age_ms: null,
    duration_ms: expect.any(Number),
  })
  // Now there is a connection that has served the company.
  expect((await ask({ sql: 'select 1' })).body.info.source).toBe('direct_connection')
})

test('a database that does not serve the category is refused, and so is a database without SQL', async () => {
  const conflict = await ask({ sql: 'select 1', database: 'postgresql', category: 'B' })
  expect([conflict.status, conflict.body.error.code]).toEqual([400, 'DBS-2341'])
  const vectors = await ask({ sql: 'select 1', category: 'C' })
  expect([vectors.status, vectors.body.error.code]).toEqual([400, 'DBS-2342'])
})

test('a read is cached where the request wants it, until the company writes', async () => {
  await ask(cached)
  const again = await ask(cached)
  expect(again.body.info).toMatchObject({ source: 'cached_response', age_ms: expect.any(Number) })
  expect((await ask({ sql: users })).body.info.source).toBe('direct_connection')

  const sql = `insert into users (user_id, email, subscription_tier) values ('u1', 'u1@x', 'free')`
  expect((await router.post('/v1/execute', { sql })).status).toBe(200)
  expect(await ask(cached)).toMatchObject({ body: { rows: [['u1']], info: { source: 'direct_connection' } } })
  expect((await ask(cached, { 'x-dbsvc-company': 'company_xyz' })).body.rows).toEqual([])
})

test('a batch is done wholly or not at all, and outdates what it writes', async () => {
  const insert = (id: string) => ({
    sql: `insert into users (user_id, email, subscription_tier) values ($1, $2, 'free')`,
    params: [id, `${id}@x`],
  })
  await ask(cached)
  const failed = await router.post('/v1/batch', { statements: [insert('u2'), insert('u1')] })
  expect(failed.status).not.toBe(200)
  expect((await ask({ sql: users })).body.rows).toEqual([['u1']])

  const { body } = await router.post('/v1/batch', { statements: [insert('u2'), { sql: users }] })
  expect(body.results).toMatchObject([
    { command: 'INSERT', row_count: 1 },
    { rows: [['u1'], ['u2']], columns: [{ name: 'user_id', type: 'varchar' }] },
  ])
  expect((await ask(cached)).body.rows).toEqual([['u1'], ['u2']])
  const { rows } = await cluster.as({ company: 'company_abc' }, users)
  expect(rows).toHaveLength(2)
})

test('with PostgreSQL gone a cached response answers with its age, and all else is told that nothing does', async () => {
  await ask(cached)
  await wait(50)
  proxy.cut()
  const old = await ask({ ...cached, cache: { mode: 'on', ttl_ms: 1 } })
  expect(old).toMatchObject({ status: 200, body: { rows: [['u1'], ['u2']], info: { source: 'cached_response' } } })
  expect(old.body.info.age_ms).toBeGreaterThanOrEqual(50)

  const failed = await ask({ sql: 'select 2' })
  expect([failed.status, failed.body.error.code]).toEqual([503, 'DBS-2340'])
  expect(JSON.stringify(failed.body)).not.toMatch(new RegExp(`127\\.0\\.0\\.1|${proxy.port}`))
  await router.process.waitFor(new RegExp(`"reason":"[^"]*127\\.0\\.0\\.1:${proxy.port}`))
  for (const way of ['direct_connection', 'connection_pool', 'cached_response']) {
    expect(failed.body.error.message).toContain(way)
    await router.process.waitFor(new RegExp(`"way":"${way}"`))
  }
})
