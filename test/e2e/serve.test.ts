import { beforeAll, expect, test } from 'vitest'
import { runDbsvc, spawnDbsvc } from '../support/dbsvc.ts'
import { grantsWith, startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'

let cluster: Cluster
let router: TestRouter

beforeAll(async () => {
  cluster = await createCluster()
  router = await startRouter(cluster)
})

test('answers a query of a company', async () => {
  const { status, body } = await router.post('/v1/query', { sql: `select current_setting('app.current_company_id')` })
  expect({ status, rows: body.rows }).toEqual({ status: 200, rows: [['company_abc']] })
})

test('refuses a caller without a key', async () => {
  const { status, body } = await router.post('/v1/query', { sql: 'select 1' }, { authorization: '' })
  expect(status).toBe(401)
  expect(body.error).toMatchObject({ code: 'DBS-2101' })
})

test.each([
  ['select 1 / 0', 400, '22012', 'division by zero'],
  ['select nothing from users', 400, '42703', 'column "nothing" does not exist'],
])('tells what is wrong with %s, and no more', async (sql, status, sqlState, reason) => {
  const answer = await router.post('/v1/query', { sql }, { 'x-request-id': 'trade-17' })
  expect(answer.headers.get('x-request-id')).toBe('trade-17')
  expect([answer.status, answer.body.error]).toEqual([
    status,
    expect.objectContaining({ code: 'DBS-2004', details: { sqlState, reason }, request_id: 'trade-17' }),
  ])
})

test('a request may have less time than its tier gives', async () => {
  const sql = 'select count(*) from generate_series(1, 100000000)'
  const { status, body } = await router.post('/v1/query', { sql, timeout_ms: 200 })
  expect([status, body.error]).toEqual([
    504,
    expect.objectContaining({ details: expect.objectContaining({ sqlState: '57014' }) }),
  ])
})

test('a caller that goes away takes its statement with it', async () => {
  const gone = AbortSignal.timeout(500)
  const sql = 'select count(*) from generate_series(1, 987654321)'
  const headers = {
    authorization: `Bearer ${router.key}`,
    'content-type': 'application/json',
    'x-dbsvc-company': 'company_abc',
  }
  const asked = fetch(`${router.url}/v1/query`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ sql }),
    signal: gone,
  })
  await expect(asked).rejects.toThrow()
  const running = `select from pg_stat_activity where state = 'active' and query like '%987654321%' and pid <> pg_backend_pid()`
  await expect.poll(() => cluster.database.query(running), { timeout: 10_000 }).toEqual([])
})

test.each([
  ['no JSON', '{', {}, 400, 'DBS-2001'],
  ['another type', 'a', { 'content-type': 'text/csv' }, 415, 'DBS-2001'],
  ['a field that is not known', JSON.stringify({ sql: 'select 1', params: [], tenants: {} }), {}, 400, 'DBS-2001'],
  ['bytes that are no base64', '{"sql": "select $1", "params": [{"$bytes": "*"}]}', {}, 400, 'DBS-2001'],
])('refuses %s with an error of its own', async (_what, text, more, status, code) => {
  const headers = {
    authorization: `Bearer ${router.key}`,
    'content-type': 'application/json',
    'x-dbsvc-company': 'company_abc',
  }
  const answer = await fetch(`${router.url}/v1/query`, { method: 'POST', headers: { ...headers, ...more }, body: text })
  expect(answer.status).toBe(status)
  expect(await answer.json()).toMatchObject({ error: { code } })
})

test('takes the tenant from the message too, which must not differ from the headers', async () => {
  const sql = `select current_setting('app.current_company_id'), current_setting('app.current_user_id', true)`
  const tenant = { company_id: 'company_xyz', user_id: 'u1', session_id: 's1' }
  const { body } = await router.post('/v1/query', { sql, tenant }, { 'x-dbsvc-company': '' })
  expect(body.rows).toEqual([['company_xyz', 'u1']])
  const messages = { query: { sql }, execute: { sql }, explain: { sql }, 'cache/get': { key: 'k' } }
  for (const [path, message] of Object.entries(messages)) {
    const refused = await router.post(`/v1/${path}`, { ...message, tenant })
    expect([path, refused.status, refused.body.error]).toEqual([
      path,
      400,
      expect.objectContaining({ code: 'DBS-2001', message: expect.stringContaining('different company') }),
    ])
  }
  expect(await router.post('/v1/query', { sql, tenant: { company: 'company_abc' } })).toMatchObject({ status: 400 })
})

test('tells of each response where it came from, and how long that took', async () => {
  const info = {
    request_id: 'trade-18',
    database: 'postgresql',
    category: 'A',
    source: expect.stringMatching(/^direct_connection|connection_pool$/),
    age_ms: null,
    duration_ms: expect.any(Number),
  }
  const asked = { sql: 'select 1', statements: [{ sql: 'select 1' }] }
  for (const [path, { sql, statements }] of Object.entries({
    query: asked,
    execute: asked,
    explain: asked,
    batch: asked,
  })) {
    const message = path === 'batch' ? { statements } : { sql }
    const { body } = await router.post(`/v1/${path}`, message, { 'x-request-id': 'trade-18' })
    expect([path, body.info]).toEqual([path, info])
  }
})

test('survives a batch of which one statement is refused at once and another later', async () => {
  for (let time = 0; time < 2; time += 1) {
    const statements = [{ sql: `never seen before ${time}` }, { sql: 'lock table users' }]
    expect(await router.post('/v1/batch', { statements })).toMatchObject({ status: expect.any(Number) })
  }
  expect((await router.post('/v1/query', { sql: 'select 1' })).body).toMatchObject({ rows: [[1]] })
})

test('refuses what it does not know', async () => {
  expect(await router.post('/v1/nothing?secret=1', {})).toMatchObject({
    status: 404,
    body: { error: { code: 'DBS-2006', message: 'there is no POST /v1/nothing' } },
  })
})

test('tells a caller what is wrong with its message, and not that the router failed', async () => {
  const said = async (path: string, body: unknown): Promise<unknown[]> => {
    const answer = await router.post<{ error: { message: string } }>(path, body)
    return [answer.status, answer.body.error.message]
  }
  expect(await said('/v1/query', { sql: 'select $1::int, $2::int', params: [1] })).toEqual([
    400,
    'the database refused the statement: it has 2 parameters, and 1 were sent (SQLSTATE 08P01)',
  ])
  const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}"[{\\""${']'.repeat(levels)}`)
  const deep = [400, 'the request is malformed: the message is nested deeper than 1000 levels']
  expect(await said('/v1/cache/set', { key: 'deep', value: nested(1_000) })).toEqual(deep)
  expect(await said('/v1/query', { sql: 'select $1::jsonb', params: [{ $json: nested(1_000) }] })).toEqual(deep)
  const { body } = await router.post('/v1/query', { sql: 'select $1::jsonb', params: [{ $json: nested(990) }] })
  expect(body).toMatchObject({ rows: [[nested(990)]] })
  const unread = await fetch(`${router.url}/v1/config/%ff`)
  expect(await unread.json()).toMatchObject({ error: { message: expect.stringContaining('the address has a %') } })
})

test('listens where it is told to, and ends when it is asked to', async () => {
  const serving = spawnDbsvc(['serve', '--host', 'localhost', '--port', '0'], { cwd: cluster.project.directory })
  const [, url = ''] = await serving.waitFor(/serving on (http:\/\/localhost:\d+)/)
  const headers = { 'content-type': 'application/json' }
  expect((await fetch(`${url}/v1/query`, { method: 'POST', headers, body: '{"sql":"select 1"}' })).status).toBe(401)
  serving.kill('SIGTERM')
  expect((await serving.exited).exitCode).toBe(0)
})

test('a service asks for the companies alone that its key is made for', async () => {
  const made = await cluster.dbsvc('service', 'create', 'reports', ...grantsWith('--company', 'company_xyz'), '--json')
  const authorization = `Bearer ${made.json<{ key: string }>().key}`
  const ask = (company: string) =>
    router.post('/v1/query', { sql: 'select 1' }, { authorization, 'x-dbsvc-company': company })
  await expect.poll(async () => (await ask('company_xyz')).status, { timeout: 10_000 }).toBe(200)
  expect((await ask('company_abc')).body.error).toMatchObject({ code: 'DBS-2102' })
})

test('a key is listed, let in from its networks alone, and refused everywhere soon after it is revoked', async () => {
  const other = await startRouter(cluster)
  const made = (await cluster.dbsvc('service', 'create', 'billing', ...grantsWith(), '--json')).json<{
    key: string
    keyId: string
  }>()
  const headers = { authorization: `Bearer ${made.key}` }
  const statuses = async () =>
    Promise.all([router, other].map(async ({ post }) => (await post('/v1/query', { sql: 'select 1' }, headers)).status))
  const soon = { timeout: 10_000, interval: 200 }
  await expect.poll(statuses, soon).toEqual([200, 200])
  const allow = (networks: string) =>
    cluster.database.query('update dbsvc.service_keys set networks = $2::cidr[] where key_id = $1', [
      made.keyId,
      networks,
    ])
  await allow('{10.0.0.0/8,2001:db8::/32}')
  await expect.poll(statuses, soon).toEqual([401, 401])
  await allow('{10.0.0.0/8,127.0.0.0/8}')
  await expect.poll(statuses, soon).toEqual([200, 200])

  const listed = await cluster.dbsvc(...['service', 'list', '--json'])
  expect(listed.stdout).not.toContain(made.key)
  expect(listed.json<{ keys: object[] }>().keys).toContainEqual(
    expect.objectContaining({ service: 'billing', keyId: made.keyId, companies: null, revokedAt: null }),
  )
  const revoked = await cluster.dbsvc(...['service', 'revoke', made.keyId, '--json'])
  expect(revoked.json()).toMatchObject({ service: 'billing', keyId: made.keyId })
  await expect.poll(statuses, soon).toEqual([401, 401])
  const run = (args: readonly string[]) => runDbsvc(args, { cwd: cluster.project.directory })
  expect(await run(['service', 'revoke', 'nothing'])).toMatchObject({
    exitCode: 7,
    stderr: expect.stringContaining('DBS-2111'),
  })
  expect(await run(['service', 'create', 'billing', '--verb', 'read'])).toMatchObject({
    exitCode: 5,
    stderr: expect.stringContaining('DBS-2110'),
  })
}, 60_000)
