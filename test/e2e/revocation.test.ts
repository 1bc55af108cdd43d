import { beforeAll, expect, test } from 'vitest'
import { grantsWith, startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'

let cluster: Cluster
let routers: readonly TestRouter[]

beforeAll(async () => {
  cluster = await createCluster()
  routers = [await startRouter(cluster), await startRouter(cluster)]
})

interface Made {
  readonly key: string
  readonly keyId: string
}

async function givenKey(service: string): Promise<Made> {
  return (await cluster.dbsvc('service', 'create', service, ...grantsWith(), '--json')).json<Made>()
}

const statuses = (key: string): Promise<number[]> =>
  Promise.all(
    routers.map(async ({ post }) => {
      const { status } = await post('/v1/query', { sql: 'select 1' }, { authorization: `Bearer ${key}` })
      return status
    }),
  )

/** How long after a change, in milliseconds, every router refuses the key; it is asked for all the while, as in use. */
async function refusedAfter(key: string, change: () => Promise<unknown>): Promise<number> {
  await expect.poll(() => statuses(key), { timeout: 20_000, interval: 50 }).toEqual([200, 200])
  await change()
  const changedAt = performance.now()
  await expect.poll(() => statuses(key), { timeout: 10_000, interval: 20 }).toEqual([401, 401])
  return performance.now() - changedAt
}

const revoke = (keyId: string) =>
  cluster.database.query('update dbsvc.service_keys set revoked_at = now() where key_id = $1', [keyId])

test('every router hears of a revoked key, before it would have asked', async () => {
  const { key, keyId } = await givenKey('heard')
  // What is known is younger than 4 s, and would be asked for again only after that.
  expect(await refusedAfter(key, () => revoke(keyId))).toBeLessThan(3_500)
})

test('a router that is not told asks, and refuses it within 10 s', async () => {
  const { key, keyId } = await givenKey('missed')
  const silently = async (): Promise<void> => {
    await cluster.database.query('alter table dbsvc.service_keys disable trigger announce_credentials')
    await revoke(keyId)
    await cluster.database.query('alter table dbsvc.service_keys enable trigger announce_credentials')
  }
  expect(await refusedAfter(key, silently)).toBeLessThan(10_000)
})

test('whoever floods the channel has PostgreSQL asked once a second at most, and requests go on', async () => {
  const { key } = await givenKey('flooded')
  const reads = async (): Promise<number> => {
    await cluster.database.query('select pg_stat_force_next_flush()').catch(() => [])
    const [row] = await cluster.database.query<{ reads: string }>(
      `select seq_scan + coalesce(idx_scan, 0) as reads from pg_stat_user_tables where schemaname = 'dbsvc' and relname = 'service_keys'`,
    )
    return Number(row?.reads)
  }
  await expect.poll(() => statuses(key), { timeout: 20_000, interval: 50 }).toEqual([200, 200])
  const before = await reads()
  const until = performance.now() + 3_000
  let asked = 0
  while (performance.now() < until) {
    await cluster.database.query('notify dbsvc_credentials')
    expect(await statuses(key)).toEqual([200, 200])
    asked += 1
  }
  expect(asked).toBeGreaterThan(20)
  expect((await reads()) - before).toBeLessThan(asked)
}, 60_000)
