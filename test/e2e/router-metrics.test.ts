import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { describeEngine } from '../support/engines.ts'
import { numberOf, readMetrics } from '../support/metrics.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { uniqueName } from '../support/unique-name.ts'
import { valkeyServer } from '../support/valkey.ts'
import { startWireProxy, type WireProxy } from '../support/wire-proxy.ts'
import { type Given, givenOrders } from './support/given.ts'
import { dragonflyConfig } from './support/valkey-config.ts'

const company = uniqueName('counted')

describeEngine('valkey', 'the figures of a router', () => {
  let given: Given
  let proxy: WireProxy
  let router: TestRouter

  const startOne = (env: Readonly<Record<string, string>> = {}) =>
    startRouter(
      { dbsvc: (...args) => given.dbsvc(args), project: given },
      { env: { DBSVC_SERVER_CACHE_SHARED_TIMEOUT_MS: '2000', ...env } },
    )
  const isListening = (of: TestRouter) =>
    vi.waitFor(async () => expect(numberOf(await readMetrics(of), 'dbsvc_cache_shared{state="listening"}')).toBe(1), {
      timeout: 10_000,
    })

  beforeAll(async () => {
    given = await givenOrders({ companies: [company], config: dragonflyConfig(await valkeyServer()) })
    proxy = await startWireProxy(given.database)
    router = await startOne({
      DBSVC_POSTGRES_PORT: String(proxy.port),
      DBSVC_SERVER_CIRCUIT_FAILURES: '2',
      DBSVC_SERVER_CIRCUIT_OPEN_MS: '60000',
      DBSVC_SERVER_CIRCUIT_LONGEST_OPEN_MS: '60000',
    })
    await isListening(router)
  })
  afterAll(() => proxy.close())

  const post = (path: string, body: object, { url, key }: TestRouter = router) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'x-dbsvc-company': company,
      },
      body: JSON.stringify(body),
    })
  /** How much each series grew while `work` was done. */
  const growth = async (series: readonly string[], work: () => Promise<unknown>): Promise<number[]> => {
    const read = async () => {
      const metrics = await readMetrics(router)
      return series.map((one) => numberOf(metrics, one))
    }
    const before = await read()
    await work()
    return (await read()).map((value, at) => value - (before[at] ?? Number.NaN))
  }
  const cached = (sql: string) => post('/v1/query', { sql, cache: { mode: 'on', ttl_ms: 30_000 } })
  const lookups = (layer: string, result: string) => `dbsvc_cache_lookups_total{layer="${layer}",result="${result}"}`

  test('count looks for cached responses by layer, what is kept, and what outdates it', async () => {
    expect(numberOf(await readMetrics(router), 'dbsvc_cache_shared{state="connected"}')).toBe(1)

    const sql = 'select count(*) from orders'
    const series = [lookups('memory', 'hit'), lookups('memory', 'miss'), lookups('shared', 'miss')]
    expect(
      await growth([...series, 'dbsvc_cache_entries'], async () => {
        await cached(sql)
        await cached(sql)
        await cached(sql)
      }),
    ).toEqual([2, 1, 1, 1])
    expect(numberOf(await readMetrics(router), 'dbsvc_cache_bytes')).toBeGreaterThan(100)

    const insert = `insert into orders values (1, 5)`
    expect(
      await growth(['dbsvc_cache_invalidations_total', ...series], async () => {
        await post('/v1/execute', { sql: insert })
        await cached(sql)
      }),
    ).toEqual([1, 0, 1, 1])
  })

  test('count what another router has left in the shared layer', async () => {
    const sql = 'select sum(amount) from orders'
    const other = await startOne()
    await isListening(other)
    await cached(sql)
    // What is kept is so for who asked.
    await post('/v1/query', { sql, cache: { mode: 'on', ttl_ms: 30_000 } }, { ...other, key: router.key })
    expect(numberOf(await readMetrics(other), lookups('shared', 'hit'))).toBe(1)
    await other.stop()
  })

  test('count statements whose verdict was at hand, and what verdicts take', async () => {
    const sql = 'select amount from orders where id = $1'
    const series = ['hit', 'miss'].map((result) => `dbsvc_guard_verdicts_total{result="${result}"}`)
    const ask = (id: string) => post('/v1/query', { sql, params: [id] })
    expect(
      await growth([...series, 'dbsvc_guard_entries'], async () => {
        await ask('1')
        await ask('2')
        await ask('3')
      }),
    ).toEqual([2, 1, 1])
    expect(numberOf(await readMetrics(router), 'dbsvc_guard_bytes')).toBeGreaterThan(sql.length)
  })

  test('show how many companies are connected to a store', async () => {
    const series = 'dbsvc_store_companies{engine="dragonfly"}'
    expect(await growth([series], () => post('/v1/cache/get', { key: 'x' }))).toEqual([1])
  })

  test('show an open circuit, and responses that are given because no engine answers', async () => {
    await cached('select count(*) from orders')
    const circuit = (state: string) => `dbsvc_circuit{engine="postgres",state="${state}"}`
    expect(numberOf(await readMetrics(router), circuit('closed'))).toBe(1)
    proxy.cut()
    const old = { sql: 'select count(*) from orders', cache: { mode: 'on', ttl_ms: 1 } }
    expect(await growth(['dbsvc_cache_remembered_total'], () => post('/v1/query', old))).toEqual([1])
    await post('/v1/query', old)
    const metrics = await readMetrics(router)
    expect([circuit('open'), circuit('closed')].map((series) => numberOf(metrics, series))).toEqual([1, 0])
    expect(numberOf(metrics, 'dbsvc_circuit{engine="dragonfly",state="closed"}')).toBe(1)
  })
})
