import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  MultiDatabaseService,
  ExecuteMultiDbResponse_Status as Status,
} from '../../src/server/contract/dbsvc/v1/multi_pb.js'
import { Engine } from '../../src/server/contract/dbsvc/v1/value_pb.js'
import { arangoServer, connectArango } from '../support/arango.ts'
import { describeEngine } from '../support/engines.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { ownDirectory } from '../support/shared-server.ts'
import { uniqueName } from '../support/unique-name.ts'
import { connectValkey, valkeyServer } from '../support/valkey.ts'
import { askChdb, commandChdb } from './support/chdb.ts'
import { type Given, givenCluster, migration } from './support/given.ts'
import { grpcClient } from './support/rpc-clients.ts'
import { dragonflyConfig } from './support/valkey-config.ts'

interface Part {
  readonly status: string
  readonly row_count?: number
  readonly error?: { readonly code: string }
}
interface Body {
  readonly results: Readonly<Record<string, Part>>
  readonly succeeded: boolean
  readonly idempotency_key: string
  readonly replayed: boolean
  readonly error: { readonly code: string }
}

const company = uniqueName('multi')
const other = `${company}_c`

const signals = migration(
  `create table signals (signal_id text primary key, price numeric not null, features jsonb);`,
  'drop table signals;',
)
const notes = { up: [{ createCollection: { name: 'notes' } }] }

describeEngine('valkey', 'one operation over several databases', () => {
  let given: Given
  let router: TestRouter
  let path: string
  let valkey: ReturnType<typeof connectValkey>
  let notesOf: (of: string) => Promise<unknown[]>

  beforeAll(async () => {
    path = await ownDirectory('chdb')
    const [cache, arango] = [await valkeyServer(), await arangoServer()]
    valkey = connectValkey(cache)
    given = await givenCluster({
      companies: [company, other],
      migrations: {
        'postgres/tenant/0001_signals.sql': signals,
        'arango/tenant/0001_notes.json': JSON.stringify(notes),
      },
      config: {
        ...dragonflyConfig(cache),
        clickhouse: { path },
        arango: { url: arango.url, user: arango.user, password: arango.password },
      },
    })
    for (const of of [company, other]) {
      await commandChdb(
        path,
        `create table tenant_${of}.signal_analytics (signal_id String, price Decimal(18, 6)) engine = MergeTree order by signal_id
         settings non_replicated_deduplication_window = 100`,
      )
    }
    notesOf = async (of) => {
      const cursor = await connectArango(arango, `tenant_${of}`).query('for n in notes sort n._key return n._key')
      return cursor.all()
    }
    router = await startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given })
  }, 120_000)
  afterAll(() => router?.stop())

  const ask = (body: object, headers = {}) =>
    router.post<Body>('/v1/multi', body, { 'x-dbsvc-company': company, ...headers })
  const saved = () =>
    given.database.query(`select signal_id, price::text, features from tenant_${company}.signals order by 1`)
  const signal = { signal_id: 's1', price: '1.0855', features: { levels: [1, 2] } }
  const operation = {
    postgresql: {
      query: `insert into signals (signal_id, price, features) values (:signal_id, :price::numeric, :features)`,
      params: signal,
      company_id: company,
    },
    dragonflydb: { operation: 'set', key: `signal:${company}:s1`, value: signal, ttl: 300 },
    clickhouse: {
      query: `insert into signal_analytics (signal_id, price) values ({signal_id:String}, {price:Decimal(18, 6)})`,
      params: signal,
    },
    arangodb: { query: 'insert { _key: @key } into notes', bind_vars: { key: 's1' } },
  }

  test("does the specification's example, and tells what each database made of it", async () => {
    const { status, body } = await ask({ ...operation, idempotency_key: 'signal-1' })
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        results: {
          postgresql: { status: 'succeeded', command: 'INSERT', row_count: 1, duration_ms: expect.any(Number) },
          clickhouse: { status: 'succeeded', command: 'INSERT' },
          dragonflydb: { status: 'succeeded', stored: true },
          arangodb: { status: 'succeeded', results: [] },
        },
        succeeded: true,
        idempotency_key: 'signal-1',
        replayed: false,
        info: { request_id: expect.any(String) },
      },
    })
    expect(Object.keys(body.results)[0]).toBe('postgresql')
    expect(await saved()).toEqual([signal])
    expect(JSON.parse((await valkey.get(`t:${company}:signal:${company}:s1`)) ?? '')).toEqual(signal)
    expect(await valkey.ttl(`t:${company}:signal:${company}:s1`)).toBeGreaterThan(200)
    expect(await notesOf(company)).toEqual(['s1'])
    expect(await notesOf(other)).toEqual([])
  })

  test('sent again with its key it does what was not done, and nothing twice', async () => {
    const { arangodb: _graph, ...rest } = operation
    const first = await ask({ ...rest, idempotency_key: 'signal-again' }, { 'x-dbsvc-company': other })
    // A part for another company than the context's, before anything is done.
    expect([first.status, first.body.error.code]).toEqual([403, 'DBS-2102'])

    await valkey.del(`t:${company}:signal:${company}:s1`)
    const again = await ask({ ...operation, idempotency_key: 'signal-1' })
    expect(again.body).toMatchObject({ replayed: true, results: { postgresql: { status: 'succeeded', row_count: 1 } } })
    // It is there already.
    expect(again.body.results.arangodb).toMatchObject({ status: 'failed', error: { code: 'DBS-2404' } })
    expect(await saved()).toHaveLength(1)
    expect(await valkey.exists(`t:${company}:signal:${company}:s1`)).toBe(1)

    const changed = await ask({
      ...operation,
      dragonflydb: { operation: 'delete', key: 'x' },
      idempotency_key: 'signal-1',
    })
    expect([changed.status, changed.body.error.code]).toEqual([422, 'DBS-2410'])
  })

  test('a store that fails takes nothing away from the others', async () => {
    await valkey.set(`t:${company}:text`, '"no number"')
    const { body } = await ask({
      postgresql: { query: 'insert into signals (signal_id, price) values ($1, $2)', params: ['s2', 2] },
      dragonflydb: { operation: 'increment', key: 'text', value: 1 },
    })
    expect(body).toMatchObject({
      results: { postgresql: { status: 'succeeded' }, dragonflydb: { status: 'failed', error: { code: 'DBS-2403' } } },
      succeeded: false,
      idempotency_key: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(await saved()).toHaveLength(2)
  })

  test('where PostgreSQL fails, nothing is done anywhere', async () => {
    const { body } = await ask({ ...operation, dragonflydb: { operation: 'set', key: 'left', value: 1 } })
    expect(body.results).toMatchObject({
      postgresql: { status: 'failed', error: { code: 'DBS-2004' } },
      clickhouse: { status: 'skipped' },
      dragonflydb: { status: 'skipped' },
      arangodb: { status: 'skipped' },
    })
    expect(await valkey.exists(`t:${company}:left`)).toBe(0)
  })

  test('what cannot be is refused before anything is done', async () => {
    const write = { query: `insert into signals (signal_id, price) values ('s9', 9)` }
    const bodies: [object, number, string][] = [
      [{}, 400, 'DBS-2001'],
      [{ mongodb: {} }, 400, 'DBS-2001'],
      [{ postgresql: write, dragonflydb: { operation: 'flushall' } }, 400, 'DBS-2001'],
      [
        {
          postgresql: write,
          weaviate: { operation: 'delete', class: 'A', ids: ['7b3a4c52-0d1e-4a6f-8b9c-1d2e3f4a5b61'] },
        },
        403,
        'DBS-2401',
      ],
      [
        { postgresql: write, clickhouse: { query: `insert into tenant_${other}.signal_analytics values ('x', 1)` } },
        400,
        'DBS-2404',
      ],
      [{ postgresql: { query: 'drop table signals' } }, 403, 'DBS-2202'],
    ]
    for (const [body, status, code] of bodies) {
      const answer = await ask(body)
      expect([answer.status, answer.body.error.code]).toEqual([status, code])
    }
    expect(await saved()).toHaveLength(2)
  })

  test('/health counts these operations, and those that were done in part', async () => {
    const health = (await (await fetch(`${router.url}/health`)).json()) as { multi_db_performance: object }
    expect(health.multi_db_performance).toMatchObject({
      cross_database_queries: { total: 4, failed: 1 },
      transaction_consistency: 'inconsistent',
    })
  })

  test('does the same over gRPC, bytes and digits kept', async () => {
    const client = grpcClient(MultiDatabaseService, router.url)
    const headers = { authorization: `Bearer ${router.key}`, 'x-dbsvc-company': company }
    const key = `rpc:${company}`
    const asked = {
      postgresql: {
        query: 'insert into signals (signal_id, price) values (:id, :price) returning price',
        namedParams: {
          id: { kind: { case: 'textValue', value: 'rpc' } },
          price: { kind: { case: 'numericValue', value: '1.50' } },
        },
        companyId: company,
      },
      dragonflydb: { operation: 'set', key, value: { kind: { case: 'numericValue', value: '1.50' } }, ttl: 300 },
      arangodb: { query: 'insert { _key: @key } into notes return NEW._key', bindVarsJson: '{"key": "rpc"}' },
      idempotencyKey: 'signal-rpc',
    } as const
    const first = await client.executeMultiDb(asked, { headers })
    expect(first).toMatchObject({ succeeded: true, idempotencyKey: 'signal-rpc', replayed: false })
    expect(first.results).toMatchObject([
      { database: Engine.POSTGRESQL, status: Status.SUCCEEDED, rows: { command: 'INSERT', rowCount: 1n } },
      { database: Engine.DRAGONFLYDB, status: Status.SUCCEEDED, resultJson: '{"stored":true}' },
      { database: Engine.ARANGODB, status: Status.SUCCEEDED, resultJson: '["rpc"]' },
    ])
    expect(await saved()).toContainEqual({ signal_id: 'rpc', price: '1.50', features: null })
    expect(await valkey.get(`t:${company}:${key}`)).toBe('1.50')
    expect(await notesOf(company)).toContain('rpc')
    const again = await client.executeMultiDb(asked, { headers })
    expect(again).toMatchObject({ succeeded: false, replayed: true })
    expect(again.results.at(-1)).toMatchObject({ database: Engine.ARANGODB, status: Status.FAILED })
    expect(again.results.at(-1)?.errorCode).toMatch(/^DBS-/)
    await given.database.query(`delete from tenant_${company}.signals where signal_id = 'rpc'`)
  })

  test('ClickHouse has each signal once, in the database of the company', async () => {
    await router.stop()
    const of = (name: string) => askChdb(path, `select signal_id from tenant_${name}.signal_analytics`)
    expect(await of(company)).toEqual([{ signal_id: 's1' }])
    expect(await of(other)).toEqual([])
  })
})
