import { beforeAll, expect, test } from 'vitest'
import { describeEngine, describeEngines } from '../support/engines.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { ownDirectory } from '../support/shared-server.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { askChdb, commandChdb } from './support/chdb.ts'
import { givenOrders } from './support/given.ts'

interface Explained {
  readonly plan: object
  readonly advice: readonly { readonly id: string; readonly message: string; readonly mend: string }[]
  readonly info: object
}

describeEngines('a plan', ({ server }) => {
  let cluster: Cluster
  let router: TestRouter

  beforeAll(async () => {
    cluster = await createCluster(server())
    router = await startRouter(cluster)
    for (const [company, rows] of [
      ['company_abc', 3_000],
      ['company_xyz', 7_123],
    ] as const) {
      await cluster.as(
        { company },
        `insert into users (user_id, email, subscription_tier)
        select 'u' || i, 'e' || i || '@${company}', case i % 2 when 0 then 'free' else 'pro' end from generate_series(1, ${rows}) i`,
      )
      await cluster.as(
        { company },
        `insert into market_data (company_id, user_id, symbol)
        select '${company}', 'u1', 's' || i % 9 from generate_series(1, ${rows}) i`,
      )
      await cluster.as(
        { company },
        `insert into trading_ticks (time, company_id, user_id, symbol)
        select now() - i * interval '10 minutes', '${company}', 'u1', 's1' from generate_series(1, 40) i`,
      )
    }
    await cluster.database.query('analyze')
  })

  const explain = async (sql: string, params: readonly unknown[] = [], headers: Record<string, string> = {}) =>
    router.post<Explained>('/v1/explain', { sql, params }, headers)

  test('comes with an index that would help, and the index helps', async () => {
    const sql = 'select email from users where subscription_tier = $1 and created_at > $2'
    const { status, body } = await explain(sql, ['enterprise', '2026-01-01'])
    expect(status).toBe(200)
    expect(body).toMatchObject({
      plan: { 'Node Type': 'Seq Scan', 'Relation Name': 'users', 'Plan Rows': expect.any(Number) },
      advice: [{ id: 'sequential-scan', mend: 'create index on users (subscription_tier, created_at)' }],
      info: { database: 'postgresql', category: 'A', source: 'connection_pool' },
    })
    await cluster.asOwner('tenant_company_abc', body.advice[0]?.mend ?? '')
    await cluster.database.query('analyze')
    const again = (await explain(sql, ['enterprise', '2026-01-01'])).body
    expect(JSON.stringify(again.plan)).toContain('users_subscription_tier_created_at_idx')
    expect(again.advice).toEqual([])
  })

  test.each([
    ['select * from users where lower(email) = $1', ['x'], 'index-lost-to-row-security'],
    ['select count(*) from users u, market_data m', [], 'cartesian-product'],
    ['select * from trading_ticks where symbol = $1', ['s1'], 'time-series-unbounded'],
  ])('of %s comes with advice', async (sql, params, id) => {
    const { body } = await explain(sql, params)
    expect(body.advice.map((advice) => advice.id)).toContain(id)
  })

  test('of a time series with a condition on its time needs no advice', async () => {
    const { body } = await explain(
      `select * from trading_ticks where symbol = 's1' and time > now() - interval '1 hour'`,
    )
    expect(body.advice).toEqual([])
  })

  test('tells nothing of what other companies have, nor of how dbsvc keeps them apart', async () => {
    for (const sql of [
      'select * from market_data',
      'select * from market_data where symbol = $1 order by timestamp desc limit 3',
      'select * from trading_ticks where symbol = $1',
      'update trading_ticks set bid = 1 where symbol = $1',
      'select count(*) from market_data m join users u on u.user_id = m.user_id where m.symbol = $1',
    ]) {
      const { status, body } = await explain(sql, sql.includes('$1') ? ['s1'] : [])
      expect([sql, status]).toEqual([sql, 200])
      const text = JSON.stringify(body.plan)
      expect(text).not.toMatch(
        /Plan Rows|Cost"|dbsvc|app\.current|private_|_hyper_|chunk|_p20\d\d|_default|company_xyz/,
      )
    }
    // As many chunks or partitions as there are, one node stands for them.
    const { body } = await explain('select * from trading_ticks where symbol = $1', ['s1'])
    expect(JSON.stringify(body.plan).match(/"Relation Name":"trading_ticks"/g)?.length).toBeLessThan(5)
  })

  test('tells a user of a company no counts of its other users', async () => {
    const { body } = await explain('select * from users', [], { 'x-dbsvc-user': 'u1' })
    expect(body.plan).toMatchObject({ 'Relation Name': 'users' })
    expect(JSON.stringify(body.plan)).not.toMatch(/Plan Rows|Cost"/)
  })

  test('is made without running the statement', async () => {
    const { status, body } = await explain(`delete from users where user_id = 'u1' returning email`)
    expect([status, body.plan]).toEqual([200, expect.objectContaining({ Operation: 'Delete' })])
    expect(await cluster.database.query(`select from tenant_company_abc.users where user_id = 'u1'`)).toHaveLength(1)
    expect((await explain('select 1 / x from generate_series(0, 100000000) x')).status).toBe(200)
  })

  test.each([
    ['select * from tenant_company_xyz.users', 403, 'DBS-2202'],
    ['analyze select 1', 400, 'DBS-2201'],
    ['explain select 1', 403, 'DBS-2202'],
    ['analyze', 403, 'DBS-2202'],
    ['select 1; delete from users', 403, 'DBS-2202'],
    ['select nothing from users', 400, 'DBS-2004'],
  ])('of %s is refused as the statement itself is', async (sql, status, code) => {
    const answer = await router.post<{ error: { code: string } }>('/v1/explain', { sql })
    expect([answer.status, answer.body.error.code]).toEqual([status, code])
    // The connection that was asked is as good as before.
    expect((await router.post('/v1/query', { sql: 'select 1' })).body.rows).toEqual([[1]])
  })
})

describeEngine('clickhouse', 'a plan of ClickHouse', () => {
  test('names what it reads, comes with advice, and is refused as the statement itself is', async () => {
    const path = await ownDirectory('chdb')
    const given = await givenOrders({ companies: ['ab', 'ab_c'], config: { clickhouse: { path } } })
    await commandChdb(path, 'create table tenant_ab.wide (id UInt64, at DateTime) engine = MergeTree order by at')
    await commandChdb(path, 'insert into tenant_ab.wide select number, toDateTime(number) from numbers(50000)')
    expect(await askChdb(path, 'select count() as n from tenant_ab.wide')).toEqual([{ n: 50000 }])
    const router = await startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given })
    const explain = (sql: string, params: readonly unknown[] = []) =>
      router.post<Explained>('/v1/explain', { sql, params, database: 'clickhouse' }, { 'x-dbsvc-company': 'ab' })
    const whole = await explain('select id from wide where id = {p1:UInt64}', ['3'])
    expect([whole.status, whole.body]).toEqual([
      200,
      expect.objectContaining({
        advice: [expect.objectContaining({ id: 'primary-key-unused' })],
        info: expect.objectContaining({ database: 'clickhouse', category: 'B' }),
      }),
    ])
    expect(JSON.stringify(whole.body.plan)).toContain('"Description":"tenant_ab.wide"')
    expect((await explain('select id from wide where at = toDateTime(3)')).body.advice).toEqual([])
    for (const sql of [
      'select * from tenant_ab_c.sums',
      'json = 0 select 1',
      'select 1; select 2',
      'syntax select 1',
    ]) {
      expect([sql, (await explain(sql)).body]).toEqual([sql, { error: expect.objectContaining({ code: 'DBS-2404' }) }])
    }
  })
})
