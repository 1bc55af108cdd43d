import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MultiDatabaseClient } from '../../clients/typescript/src/index.ts'
import { type EmbeddedWeaviate, startEmbeddedWeaviate } from '../../src/embedded/weaviate/start.ts'
import { askChdb } from '../e2e/support/chdb.ts'
import { type Given, givenCluster } from '../e2e/support/given.ts'
import { dragonflyConfig } from '../e2e/support/valkey-config.ts'
import { arangoServer, connectArango } from '../support/arango.ts'
import { describeEngine, engineFinding } from '../support/engines.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { ownDirectory } from '../support/shared-server.ts'
import { uniqueName } from '../support/unique-name.ts'
import { connectValkey, valkeyServer } from '../support/valkey.ts'
import { installPythonClient, runPythonTests } from './support/python.ts'

const company = uniqueName('spec')
const companies = { company, other: `${company}_c` }

// Nested, so that each of them is asked for by itself.
describeEngine('weaviate', 'the example of the specification', () => {
  describeEngine('valkey', 'over all stores', () => {
    let directory: string
    let weaviate: EmbeddedWeaviate
    let valkey: ReturnType<typeof connectValkey>
    let chdb: string
    let arango: Awaited<ReturnType<typeof arangoServer>>
    let given: Given
    let router: TestRouter

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'dbsvc-weaviate-'))
      // A server of its own: every multi-tenant class of one gets tenants.
      weaviate = await startEmbeddedWeaviate({ program: engineFinding('weaviate').program ?? '', directory })
      const cache = await valkeyServer()
      arango = await arangoServer()
      valkey = connectValkey(cache)
      chdb = await ownDirectory('chdb')
      const { url, grpcUrl, apiKey } = weaviate
      given = await givenCluster({
        companies: Object.values(companies),
        config: {
          ...dragonflyConfig(cache),
          weaviate: { url, grpcUrl, apiKey },
          clickhouse: { path: chdb },
          arango: { url: arango.url, user: arango.user, password: arango.password },
        },
      })
      router = await startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given })
    }, 240_000)

    afterAll(async () => {
      await router?.stop()
      await weaviate?.stop()
      await rm(directory, { recursive: true, force: true })
    })

    const saved = (id: string) =>
      given.database.query(
        `select symbol, price::text, created_at from tenant_${company}.trading_signals where signal_id = $1`,
        [id],
      )
    const analytics = () =>
      askChdb(chdb, `select signal_id, toString(price) as price from tenant_${company}.signal_analytics order by 1`)
    const client = () =>
      new MultiDatabaseClient({
        host: `127.0.0.1:${router.port}`,
        apiKey: router.key,
        tenantContext: { company_id: company },
      })

    test('TypeScript does the operation over several databases', async () => {
      const signal = { signal_id: 'ts-spec', symbol: 'EURUSD', signal_type: 'buy', price: '1.085512' }
      const db = client()
      const done = await db.executeMultiDbOperation({
        postgresql: {
          query: `insert into trading_signals (signal_id, symbol, signal_type, price)
                  values (:signal_id, :symbol, :signal_type, :price)`,
          params: signal,
          company_id: company,
        },
        dragonflydb: { operation: 'set', key: 'signal:ts-spec', value: signal, ttl: 300 },
        clickhouse: {
          query: `insert into signal_analytics (signal_id, symbol, signal_type, price, created_at) values
                  ({signal_id:String}, {symbol:String}, {signal_type:String}, {price:Decimal(18, 6)}, now64(3))`,
          params: signal,
        },
      })
      expect(Object.entries(done.results).map(([name, { status, error }]) => [name, status, error])).toEqual([
        ['postgresql', 'succeeded', null],
        ['clickhouse', 'succeeded', null],
        ['dragonflydb', 'succeeded', null],
      ])
      expect(done).toMatchObject({ succeeded: true, replayed: false })
      expect(await saved('ts-spec')).toMatchObject([{ symbol: 'EURUSD', price: '1.085512' }])
      expect(await valkey.get(`t:${company}:signal:ts-spec`)).toBe(JSON.stringify(signal))
      expect(await valkey.ttl(`t:${company}:signal:ts-spec`)).toBeGreaterThan(200)

      const clash = await db.executeMultiDbOperation({
        postgresql: { query: `insert into users (user_id) values ('ts')` },
        dragonflydb: { operation: 'set', key: 'ts-left', value: 1 },
      })
      expect(clash.succeeded).toBe(false)
      expect(clash.results.postgresql).toMatchObject({ status: 'failed', error: { sqlState: '23502' } })
      expect(clash.results.dragonflydb).toMatchObject({ status: 'skipped' })
      expect(await valkey.exists(`t:${company}:ts-left`)).toBe(0)
    })

    test('TypeScript finds similar patterns', async () => {
      const db = client()
      const [flag = '', wedge = ''] = await db.vectors.insert('TradingPatterns', [
        { properties: { pattern_id: 'ts-flag' }, vector: [1, 0, 0] },
        { properties: { pattern_id: 'ts-wedge' }, vector: [0, 1, 0] },
      ])
      const found = await db.weaviateQuery({
        operation: 'similarity_search',
        class: 'TradingPatterns',
        vector: [0.9, 0.1, 0],
        tenant_filter: company,
        limit: 10,
        certainty: 0.8,
      })
      expect(found.objects.map(({ id }) => id)).toEqual([flag])
      await db.vectors.update('TradingPatterns', { id: wedge, properties: { symbol: 'EURUSD' } })
      const [nearest] = await db.vectors.similaritySearch('TradingPatterns', [0, 1, 0], { include_vector: true })
      expect(nearest).toMatchObject({
        id: wedge,
        properties: { pattern_id: 'ts-wedge', symbol: 'EURUSD' },
        vector: [0, 1, 0],
      })
      expect(await db.vectors.delete('TradingPatterns', [flag, wedge])).toBe(2)
    })

    test('TypeScript asks graphs', async () => {
      const { graph } = client()
      const user = 'insert { _key: @key, company_id: @company, user_id: @key } into @@users return NEW._key'
      for (const key of ['t1', 't2']) {
        const { results } = await graph.query<string>(user, { key, company, '@users': 'users' })
        expect(results).toEqual([key])
      }
      await graph.query(
        `insert { _from: 'users/t1', _to: 'users/t2', company_id: @company, since: '2026-01-02T03:04:05Z' } into follows`,
        { company },
      )
      const { results, info } = await graph.traverse({ start_vertex: 'users/t1', graph: 'user_network' })
      expect(results).toMatchObject([{ vertex: { user_id: 't2' }, edge: { since: '2026-01-02T03:04:05Z' }, depth: 1 }])
      expect(info).toMatchObject({ database: 'arangodb', category: 'D' })
      const database = connectArango(arango, `tenant_${company}`)
      expect(
        await (await database.query(`for u in users filter u._key like 't%' sort u._key return u._key`)).all(),
      ).toEqual(['t1', 't2'])
      const changing = graph.query(user, { key: 't3', company, '@users': 'users' }, { readOnly: true })
      await expect(changing).rejects.toMatchObject({ code: 'DBS-2203' })
    })

    describeEngine('python', 'from Python', () => {
      let installing: Promise<string> | undefined
      const run = async (module: string) => {
        installing ??= installPythonClient()
        await runPythonTests(module, await installing, router, companies)
      }

      test('vectors are kept and found', () => run('test_vectors'), 120_000)
      test('graphs are asked', () => run('test_graph'), 120_000)

      test('its services work as they are written', async () => {
        await run('test_specification')
        expect(await saved('spec-1')).toEqual([
          { symbol: 'EURUSD', price: '1.085512', created_at: new Date('2026-01-02T03:04:05.678Z') },
        ])
        expect(JSON.parse((await valkey.get(`t:${company}:signal:${company}:spec-1`)) ?? '')).toEqual({
          signal_id: 'spec-1',
          symbol: 'EURUSD',
          signal_type: 'buy',
          price: 1.085512,
          created_at: '2026-01-02T03:04:05.678000+00:00',
        })
      }, 120_000)
    })

    test('ClickHouse has each signal once', async () => {
      await router.stop()
      const ids = ['spec-1', 'ts-spec']
      const expected = engineFinding('python').kind === 'missing' ? ids.slice(1) : ids
      expect(await analytics()).toEqual(expected.map((signal_id) => ({ signal_id, price: '1.085512' })))
    })
  })
})
