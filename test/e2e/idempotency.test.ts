import { beforeAll, expect, test } from 'vitest'
import { grantsWith, startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'

interface Body {
  readonly rows: unknown[][]
  readonly row_count: number
  readonly results: { readonly row_count: number }[]
  readonly info: { readonly replayed?: boolean }
  readonly error: { readonly code: string }
}

let cluster: Cluster
let router: TestRouter

beforeAll(async () => {
  cluster = await createCluster()
  router = await startRouter(cluster)
})

const insert = (id: string) => ({
  sql: `insert into users (user_id, email, subscription_tier) values ($1, $2, 'free') returning user_id, created_at`,
  params: [id, `${id}@x`],
})
const execute = (body: object, key: string, more: Record<string, string> = {}) =>
  router.post<Body>('/v1/execute', body, { 'idempotency-key': key, ...more })
const usersOf = async (company: string, like: string): Promise<string[]> => {
  const sql = 'select user_id from users where user_id like $1 order by 1'
  const { rows } = await cluster.as<{ user_id: string }>({ company }, sql, [like])
  return rows.map(({ user_id }) => user_id)
}

test('the same key again gives the same response, and does nothing', async () => {
  const first = await execute(insert('a1'), 'key-a')
  expect(first.status).toBe(200)
  const again = await execute(insert('a1'), 'key-a')
  expect(again).toMatchObject({ status: 200, body: { rows: first.body.rows, info: { replayed: true } } })
  expect(first.body.info.replayed).toBeUndefined()
  expect(await usersOf('company_abc', 'a%')).toEqual(['a1'])

  const update = { sql: `update users set subscription_tier = 'pro' where user_id = 'a1'`, idempotency_key: 'key-b' }
  for (const replayed of [undefined, true]) {
    const { body } = await router.post<Body>('/v1/execute', update)
    expect([body.row_count, body.info.replayed]).toEqual([1, replayed])
  }
})

test('a batch is done once, wholly', async () => {
  const batch = { statements: [insert('b1'), insert('b2')], idempotency_key: 'key-batch' }
  const first = await router.post<Body>('/v1/batch', batch)
  const again = await router.post<Body>('/v1/batch', batch)
  expect(again.body.results).toEqual(first.body.results)
  expect([first.status, again.status, again.body.info.replayed]).toEqual([200, 200, true])
  expect(await usersOf('company_abc', 'b%')).toEqual(['b1', 'b2'])
})

test('a key with another request is refused, and so are two keys, and what is no key', async () => {
  expect((await execute(insert('c1'), 'key-c')).status).toBe(200)
  const other = await execute(insert('c2'), 'key-c')
  expect([other.status, other.body.error.code]).toEqual([422, 'DBS-2410'])
  const two = await execute({ ...insert('c3'), idempotency_key: 'one' }, 'another')
  expect([two.status, two.body.error.code]).toEqual([400, 'DBS-2001'])
  expect((await execute(insert('c4'), 'x'.repeat(256))).body.error.code).toBe('DBS-2001')
  expect(await usersOf('company_abc', 'c%')).toEqual(['c1'])
})

test('what failed is not kept: the key is free for the next attempt', async () => {
  await execute(insert('d1'), 'key-d1')
  const failed = await execute(insert('d1'), 'key-d2')
  expect([failed.status, failed.body.error.code]).toEqual([409, 'DBS-2004'])
  await router.post('/v1/execute', { sql: `delete from users where user_id = 'd1'` })
  expect(await execute(insert('d1'), 'key-d2')).toMatchObject({ status: 200, body: { row_count: 1 } })
})

test('keys of another company, of another user and of another service are other keys', async () => {
  expect((await execute(insert('e1'), 'shared-key')).status).toBe(200)
  const foreign = await execute(insert('e2'), 'shared-key', { 'x-dbsvc-company': 'company_xyz' })
  expect(foreign).toMatchObject({ status: 200, body: { rows: [['e2', expect.anything()]] } })
  const user = await execute(insert('e3'), 'shared-key', { 'x-dbsvc-user': 'e3' })
  expect(user.status).toBe(200)
  const made = await cluster.dbsvc('service', 'create', 'another-service', ...grantsWith(), '--json')
  const authorization = `Bearer ${made.json<{ key: string }>().key}`
  await expect
    .poll(async () => (await execute(insert('e4'), 'shared-key', { authorization })).status, { timeout: 10_000 })
    .toBe(200)
  expect(await usersOf('company_abc', 'e%')).toEqual(['e1', 'e3', 'e4'])
  expect(await usersOf('company_xyz', 'e%')).toEqual(['e2'])
})

test('of twenty at once one writes, and all get what it was answered', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => execute(insert('f1'), 'key-f')))
  for (const { status, body } of answers) {
    // One that waited for too long is told to come again.
    if (status === 409) expect(body.error.code).toBe('DBS-2411')
    else expect([status, body.rows]).toEqual([200, answers.find((each) => each.status === 200)?.body.rows])
  }
  expect(answers.filter(({ body }) => body.rows !== undefined && body.info.replayed !== true)).toHaveLength(1)
  expect(await usersOf('company_abc', 'f%')).toEqual(['f1'])
})

test('more than can be recorded is refused, and nothing is done', async () => {
  const sql = `insert into users (user_id, email, subscription_tier) values ('g1', 'g1@x', 'free') returning repeat('x', 5000000)`
  const answer = await execute({ sql }, 'key-g')
  expect([answer.status, answer.body.error.code]).toEqual([400, 'DBS-2412'])
  expect(await usersOf('company_abc', 'g%')).toEqual([])
})

test('an expired key is free again, and is pruned; a dropped company leaves none', async () => {
  await execute(insert('h1'), 'key-h')
  await cluster.database.query(
    `update dbsvc.idempotency_keys set expires_at = now() - interval '1 s' where key = 'key-h'`,
  )
  expect(await execute(insert('h2'), 'key-h')).toMatchObject({
    status: 200,
    body: { rows: [['h2', expect.anything()]] },
  })

  await cluster.database.query(`update dbsvc.idempotency_keys set expires_at = now() - interval '1 s'`)
  await startRouter(cluster)
  const left = () => cluster.database.query('select key from dbsvc.idempotency_keys')
  await expect.poll(left, { timeout: 10_000 }).toEqual([])

  await execute(insert('h3'), 'key-x', { 'x-dbsvc-company': 'company_xyz' })
  await cluster.dbsvc('tenant', 'drop', 'company_xyz', '--confirm', 'company_xyz', '--no-export')
  expect(await left()).toEqual([])
})

test.each([
  ['/v1/cache/set', { key: 'k', value: 1 }],
  ['/v1/cache/increment', { key: 'k' }],
  ['/v1/cache/delete', { key: 'k' }],
  ['/v1/vector/insert', { class: 'TradingPatterns', objects: [{ properties: {} }] }],
  ['/v1/graph/query', { query: 'insert {} into users', read_only: false }],
])('%s refuses a key, by which it is not done once', async (path, body) => {
  const { status, body: answer } = await router.post<Body>(path, body, { 'idempotency-key': 'other-engine' })
  expect([status, answer.error?.code]).toEqual([400, 'DBS-2414'])
})

test('a read may come with a key', async () => {
  expect((await router.post('/v1/query', { sql: 'select 1' }, { 'idempotency-key': 'a-read' })).status).toBe(200)
})
