import { beforeAll, expect, test } from 'vitest'
import { type Answer, startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { letWait } from './support/held-statement.ts'

interface Body {
  readonly rows: string[][]
  readonly info: { readonly source: string }
  readonly error: { readonly code: string; readonly details: object }
}

let cluster: Cluster
let router: TestRouter

beforeAll(async () => {
  cluster = await createCluster()
  await letWait(cluster)
  await cluster.as(
    { company: 'company_abc' },
    `insert into users values ('u1', 'u1@x', 'free'), ('u2', 'u2@x', 'free')`,
  )
  router = await startRouter(cluster, {
    env: {
      DBSVC_SERVER_POOL_MAX: '4',
      DBSVC_SERVER_POOL_MAX_PER_COMPANY: '2',
      DBSVC_SERVER_POOL_WAITING_PER_COMPANY: '20',
      DBSVC_SERVER_POOL_WAIT_MS: '30000',
      DBSVC_SERVER_POOL_IDLE_MS: '1500',
      DBSVC_SERVER_HEALTH_ISOLATION_MS: '0',
    },
  })
})

const ask = (company: string, sql: string): Promise<Answer<Body>> =>
  router.post('/v1/query', { sql }, { 'x-dbsvc-company': company })

/** As PostgreSQL counts them. */
async function sessions(): Promise<number> {
  const [row] = await cluster.database.query<{ count: string }>(
    `select count(*) from pg_stat_activity where datname = current_database() and usename = 'database_service_role'
       and application_name = 'dbsvc serve'`,
  )
  return Number(row?.count)
}

test('one company that floods has its share, is told when to come again, and others do not wait for it', async () => {
  await ask('company_xyz', 'select 1')
  const holder = await cluster.database.connect()
  await holder.query(`begin; select from tenant_company_abc.users where user_id = 'u1' for update`)
  const sql = `update users set subscription_tier = 'pro' where user_id = 'u1'`
  const flood = Promise.all(Array.from({ length: 200 }, () => router.post<Body>('/v1/execute', { sql })))
  const waiting = async (): Promise<string | undefined> => {
    const metrics = await (await fetch(`${router.url}/metrics`)).text()
    return /dbsvc_pool_connections\{state="waiting"\} (\d+)/.exec(metrics)?.[1]
  }
  await expect.poll(waiting, { timeout: 30_000 }).toBe('20')

  const times: number[] = []
  for (let n = 0; n < 20; n += 1) {
    const startedAt = performance.now()
    expect((await ask('company_xyz', 'select 1')).status).toBe(200)
    times.push(performance.now() - startedAt)
  }
  expect(times.toSorted((a, b) => a - b)[18]).toBeLessThan(1_000)
  expect(await sessions()).toBeLessThanOrEqual(4)

  await holder.query('commit')
  const answers = await flood
  const refused = answers.filter(({ status }) => status !== 200)
  // The first two wait as well, until there are connections for them.
  expect(refused.length).toBeGreaterThanOrEqual(200 - 22)
  expect(refused.length).toBeLessThanOrEqual(200 - 20)
  expect(refused.every(({ status, headers }) => status === 429 && headers.get('retry-after') === '1')).toBe(true)
  expect(refused[0]?.body.error.code).toBe('DBS-2302')
  // PostgreSQL did nothing wrong, so nobody was cut off from it.
  expect((await ask('company_abc', `select subscription_tier from users where user_id = 'u1'`)).body.rows).toEqual([
    ['pro'],
  ])
})

test('unused connections are closed, and the next request has a new one', async () => {
  await expect.poll(sessions, { timeout: 10_000 }).toBe(0)
  expect((await ask('company_abc', 'select 1')).body.info.source).toBe('connection_pool')
  expect((await ask('company_abc', 'select 1')).body.info.source).toBe('direct_connection')
})

test("the router's own attempts at isolation keep no connection that nobody uses", async () => {
  await router.stop()
  router = await startRouter(cluster, {
    env: {
      DBSVC_SERVER_POOL_IDLE_MS: '5000',
      DBSVC_SERVER_POOL_CHECK_MS: '200',
      DBSVC_SERVER_HEALTH_ISOLATION_MS: '3000',
    },
  })
  expect((await ask('company_abc', 'select 1')).status).toBe(200)
  // Hostile attempts cost them their connection, so that there is none for a moment anyway.
  let inSuccession = 0
  const looksWithNone = async () => {
    inSuccession = (await sessions()) === 0 ? inSuccession + 1 : 0
    return inSuccession
  }
  await expect.poll(looksWithNone, { interval: 100, timeout: 60_000 }).toBeGreaterThan(5)
}, 90_000)
