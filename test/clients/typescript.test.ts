import { beforeAll, expect, test } from 'vitest'
import {
  AuthenticationFailed,
  Conflict,
  ConnectionFailed,
  DeadlineExceeded,
  Forbidden,
  InvalidRequest,
  json,
  MultiDatabaseClient,
  NotFound,
  type Parameter,
  StandardDatabaseManager,
} from '../../clients/typescript/src/index.ts'
import { type Given, givenCluster, givenOrders } from '../e2e/support/given.ts'
import { dragonflyConfig } from '../e2e/support/valkey-config.ts'
import { describeEngine } from '../support/engines.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { uniqueName } from '../support/unique-name.ts'
import { connectValkey, valkeyServer } from '../support/valkey.ts'
import { openWire } from './support/wire.ts'

const company = uniqueName('typescript')
const other = `${company}_c`
const insert = 'insert into trading_signals (signal_id, symbol, signal_type, price) values ($1, $2, $3, $4)'

// The port is TCP's own for a service that no machine has any more.
const nobody = '127.0.0.1:1'

const started = async (given: Given): Promise<TestRouter> =>
  startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given })

let given: Given
let router: TestRouter
let client: MultiDatabaseClient
let manager: StandardDatabaseManager

const optionsFor = ({ key, port }: TestRouter, host = `127.0.0.1:${port}`) => ({
  host,
  apiKey: key,
  tenantContext: { company_id: company },
})
const rowsOf = (id: string) =>
  given.database.query(`select symbol, price::text from tenant_${company}.trading_signals where signal_id = $1`, [id])

beforeAll(async () => {
  given = await givenCluster({ companies: [company, other] })
  router = await started(given)
  client = new MultiDatabaseClient(optionsFor(router))
  manager = new StandardDatabaseManager({ ...optionsFor(router), retry: { firstDelayMs: 10 } })
}, 180_000)

// What is sent, the type it is sent as, and what comes back where that is not what was sent.
const values: readonly (readonly [Parameter, string, unknown?])[] = [
  [true, 'bool'],
  [-32_768, 'int2'],
  [9_223_372_036_854_775_807n, 'int8'],
  [0.1, 'float8'],
  [Number.NEGATIVE_INFINITY, 'float8'],
  [Number.NaN, 'float8'],
  ['12345678901234567890.12345678901234567890', 'numeric'],
  ['1.10', 'numeric'],
  ['a\tb\n"\\€😀', 'text'],
  [new Uint8Array([0, 255, 16]), 'bytea'],
  [Buffer.from('ab'), 'bytea', new Uint8Array([97, 98])],
  ['2026-01-02T03:04:05.678901Z', 'timestamptz'],
  [new Date('2026-01-02T03:04:05.678Z'), 'timestamptz', '2026-01-02T03:04:05.678Z'],
  ['2026-01-02', 'date'],
  ['P1Y2M-3DT4H5M6.789001S', 'interval'],
  ['0b6e3c8e-5f0a-4f7e-9a55-0d7f2c1f8a10', 'uuid'],
  [[1, null, -3], 'int4[]'],
  [[[1n], [9_223_372_036_854_775_807n]], 'int8[]'],
  [['a,b', 'NULL', '', '"'], 'text[]'],
  [[new Uint8Array([0, 255]), null], 'bytea[]'],
  [{ b: 1.5, a: [null, 'x'] }, 'jsonb'],
  [json([1, { two: 2 }]), 'jsonb', [1, { two: 2 }]],
  [json({ $bytes: 'no bytes' }), 'jsonb', { $bytes: 'no bytes' }],
  [null, 'int4'],
]

test('values come back as they were sent', async () => {
  const casts = values.map(([, type], at) => `$${at + 1}::${type} as c${at}`).join(', ')
  const { rows } = await client.query(
    `select ${casts}`,
    values.map(([sent]) => sent),
  )
  expect(Object.values(rows[0] ?? {})).toEqual(values.map(([sent, , came = sent]) => came))
  const asText = new MultiDatabaseClient({ ...optionsFor(router), int64: 'string' })
  expect((await asText.query('select $1::int8 as n', [2n ** 53n + 1n])).rows).toEqual([{ n: '9007199254740993' }])
})

test('statements write, read and explain, and errors are told apart', async () => {
  const written = await client.execute(insert, ['ts-1', 'EURUSD', 'buy', '1.085512'])
  expect(written).toMatchObject({ rowCount: 1, command: 'INSERT' })
  expect(await rowsOf('ts-1')).toEqual([{ symbol: 'EURUSD', price: '1.085512' }])
  const read = await client.query<{ symbol: string; price: string }>(
    'select symbol, price from trading_signals where signal_id = $1',
    ['ts-1'],
  )
  expect(read.rows).toEqual([{ symbol: 'EURUSD', price: '1.085512' }])
  expect(read.info).toMatchObject({ database: 'postgresql', category: 'A', ageMs: null, replayed: false })

  const batch = await client.batch([[insert, ['ts-2', 'EURUSD', 'sell', null]], 'select count(*) from users'])
  expect(batch.results.map(({ command, rows }) => [command, rows])).toEqual([
    ['INSERT', []],
    ['SELECT', [{ count: 0n }]],
  ])
  const clash = client.batch([
    [insert, ['ts-3', 'EURUSD', 'sell', null]],
    [insert, ['ts-2', 'EURUSD', 'sell', null]],
  ])
  await expect(clash).rejects.toBeInstanceOf(Conflict)
  await expect(clash).rejects.toMatchObject({ code: 'DBS-2004', sqlState: '23505', status: 409 })
  expect(await rowsOf('ts-3')).toEqual([])

  const { plan, advice } = await client.explain('select * from users where subscription_tier = $1', ['pro'])
  expect(plan).toMatchObject({ 'Node Type': expect.any(String) })
  expect(advice).toBeInstanceOf(Array)

  await expect(client.query('select no_such_column from users')).rejects.toBeInstanceOf(InvalidRequest)
  await expect(client.query('select pg_sleep(1)')).rejects.toBeInstanceOf(Forbidden)
  await expect(client.forTenant({ company_id: 'no_such_company' }).query('select 1')).rejects.toBeInstanceOf(NotFound)
  const stranger = new MultiDatabaseClient({ ...optionsFor(router), apiKey: `dbk_${'A'.repeat(43)}` })
  await expect(stranger.query('select 1')).rejects.toBeInstanceOf(AuthenticationFailed)
  await expect(new MultiDatabaseClient(optionsFor(router, nobody)).query('select 1')).rejects.toMatchObject({
    name: 'ConnectionFailed',
    sent: false,
  })
  expect(await client.health()).toMatchObject({ service_name: 'database-service' })
})

test('a write whose answer was lost is done once by the manager, and left to the caller by the plain client', async () => {
  const wire = await openWire(router.port)
  const over = new StandardDatabaseManager({ ...optionsFor(router, wire.host), retry: { firstDelayMs: 10 } })
  wire.loseAnswers = 1
  const written = await over.execute(insert, ['ts-once', 'EURUSD', 'buy', null])
  expect(written).toMatchObject({ rowCount: 1, info: { replayed: true } })
  expect(wire.requests).toEqual(['POST /v1/execute', 'POST /v1/execute'])
  expect(new Set(wire.headers('idempotency-key')).size).toBe(1)
  expect(new Set(wire.headers('traceparent')).size).toBe(1)
  expect(await rowsOf('ts-once')).toHaveLength(1)

  wire.loseAnswers = 1
  const plain = new MultiDatabaseClient(optionsFor(router, wire.host))
  await expect(plain.execute(insert, ['ts-lost', 'EURUSD', 'buy', null])).rejects.toMatchObject({ sent: true })
  expect(wire.requests).toHaveLength(3)
})

test('the manager keeps its deadline and its connections', async () => {
  const wire = await openWire(router.port)
  const over = new StandardDatabaseManager({ ...optionsFor(router, wire.host), maxConnections: 3 })
  await Promise.all(Array.from({ length: 30 }, (_, at) => over.query('select $1::int', [at])))
  expect(wire.requests).toHaveLength(30)
  expect(wire.connections).toBeLessThanOrEqual(3)
  wire.silent = true
  const began = performance.now()
  await expect(over.query('select 1', [], { timeoutMs: 300 })).rejects.toBeInstanceOf(DeadlineExceeded)
  expect(performance.now() - began).toBeLessThan(5_000)
  const slow = client.query('select count(*) from generate_series(1, 100000000) a', [], { timeoutMs: 500 })
  await expect(slow).rejects.toBeInstanceOf(DeadlineExceeded)
  const given = new AbortController()
  const left = over.query('select 1', [], { signal: given.signal })
  given.abort(new Error('no longer wanted'))
  await expect(left).rejects.toThrow('no longer wanted')
})

test('rows come one by one, and an end', async () => {
  const text = 'a\u2028b\u0085c\nd'
  const rows = client.stream<{ n: bigint; text: string }>(
    'select n::int8, $1::text as text from generate_series(1, 3000) n',
    [text],
  )
  let count = 0
  for (;;) {
    const { done, value } = await rows.next()
    if (done) {
      expect(value).toMatchObject({ rowCount: 3_000, info: { database: 'postgresql' } })
      break
    }
    count += 1
    expect(value).toEqual({ n: BigInt(count), text })
  }
  expect(count).toBe(3_000)

  const all = async (sql: string, of = client) => {
    let rows = 0
    for await (const _row of of.stream(sql)) rows += 1
    return rows
  }
  await expect(all('select no_such_column from users')).rejects.toBeInstanceOf(InvalidRequest)
  const late = all(`select 1 / (n - 20000), repeat('x', 100) from generate_series(1, 30000) n`)
  await expect(late).rejects.toMatchObject({ code: 'DBS-2004', sqlState: '22012' })
  for await (const row of client.stream('select n from generate_series(1, 1000000) n')) {
    expect(row).toEqual({ n: 1 })
    break
  }

  const wire = await openWire(router.port)
  const over = new MultiDatabaseClient(optionsFor(router, wire.host))
  const cut = async () => {
    for await (const _row of over.stream(`select n, repeat('x', 100) from generate_series(1, 300000) n`)) {
      wire.loseAnswers = 1
    }
  }
  await expect(cut()).rejects.toBeInstanceOf(ConnectionFailed)
})

test('many rows go in at once, all or none of them, and once', async () => {
  const columns = ['signal_id', 'symbol', 'signal_type', 'price']
  const signal = (symbol: string, at: number) => [`${symbol}-${at}`, symbol, 'buy', '1.085512']
  const counted = (symbol: string) =>
    given.database.query(
      `select count(*)::int, max(price)::text as price from tenant_${company}.trading_signals where symbol = $1`,
      [symbol],
    )
  async function* signals() {
    for (let at = 0; at < 20_000; at += 1) yield signal('TSMADE', at)
  }
  expect(await client.ingest('trading_signals', columns, signals())).toMatchObject({ inserted: 20_000, skipped: 0 })
  expect(await counted('TSMADE')).toEqual([{ count: 20_000, price: '1.085512' }])

  const users = [
    ['ts-in-1', 'ts-in@example.org', 'free'],
    ['ts-in-2', 'ts-in@example.org', 'free'],
  ]
  const clash = client.ingest('users', ['user_id', 'email', 'subscription_tier'], users)
  await expect(clash).rejects.toBeInstanceOf(Conflict)

  const wire = await openWire(router.port)
  wire.loseAnswers = 1
  const over = new StandardDatabaseManager({ ...optionsFor(router, wire.host), retry: { firstDelayMs: 10 } })
  const again = await over.ingest('trading_signals', columns, [signal('TSONCE', 1)])
  expect(again).toMatchObject({ inserted: 1, info: { replayed: true } })
  expect(await counted('TSONCE')).toMatchObject([{ count: 1 }])

  async function* failing() {
    yield signal('TSNONE', 1)
    throw new Error('no more of them')
  }
  await expect(client.ingest('trading_signals', columns, failing())).rejects.toThrow('no more of them')
  expect(await counted('TSNONE')).toEqual([{ count: 0, price: null }])
})

test('answers say where they came from', async () => {
  const sources: string[] = []
  const told = new StandardDatabaseManager({ ...optionsFor(router), onSource: (source) => sources.push(source) })
  for (let times = 0; times < 2; times += 1) {
    await told.queryWithFallback('select count(*) from mt5_accounts', [], { company_id: company })
  }
  expect(sources[1]).toBe('cached_response')
  expect(sources).toHaveLength(2)
})

test('configuration and registry are the same as in the database', async () => {
  await manager.config.set('ts.risk/limit', { lots: 5 })
  expect(await manager.config.get('ts.risk/limit')).toMatchObject({ key: 'ts.risk/limit', value: { lots: 5 } })
  expect((await manager.config.list('ts.')).map(({ key }) => key)).toEqual(['ts.risk/limit'])
  const kept = 'select company_id, config_value from tenant_configurations where config_key = $1'
  expect(await given.database.query(kept, ['ts.risk/limit'])).toEqual([
    { company_id: company, config_value: { lots: 5 } },
  ])
  expect(await manager.config.unset('ts.risk/limit')).toBe(true)
  await expect(manager.config.get('ts.risk/limit')).rejects.toBeInstanceOf(NotFound)

  const { service, heartbeatWithinMs } = await manager.registry.register({
    service_host: '10.0.0.5',
    service_port: 9000,
  })
  expect(service).toMatchObject({ service_host: '10.0.0.5', status: 'active' })
  expect(await manager.registry.heartbeat(service.service_name)).toBe(heartbeatWithinMs)
  expect(await manager.registry.lookup(service.service_name)).toMatchObject({ service_port: 9000 })
  expect((await manager.registry.services()).map(({ service_name }) => service_name)).toContain(service.service_name)
  expect(await manager.registry.deregister(service.service_name)).toBe(true)
})

describeEngine('valkey', 'the cache over the client for TypeScript', () => {
  test('keeps values of the company, and counts nothing twice', async () => {
    const server = await valkeyServer()
    const admin = connectValkey(server)
    const router = await started(await givenOrders({ companies: [company, other], config: dragonflyConfig(server) }))
    const { cache } = new MultiDatabaseClient(optionsFor(router))
    expect(await cache.set('tick', { price: 1.0855 }, { ttlMs: 300_000 })).toBe(true)
    expect(await cache.set('tick', 1, { onlyIfAbsent: true })).toBe(false)
    expect(await cache.get('tick')).toEqual({ price: 1.0855 })
    expect((await cache.entry('tick'))?.ttlMs).toBeGreaterThan(250_000)
    expect(await admin.get(`t:${company}:tick`)).toBe('{"price":1.0855}')
    expect(await cache.increment('orders', 2n ** 53n)).toBe(2n ** 53n)
    expect(await cache.increment('orders')).toBe(2n ** 53n + 1n)
    expect(await cache.getMany(['orders', 'none'])).toEqual([{ value: 2 ** 53, ttlMs: null }, null])
    expect(await cache.delete('tick', 'none')).toBe(1)

    const wire = await openWire(router.port)
    wire.loseAnswers = 1
    const manager = new StandardDatabaseManager(optionsFor(router, wire.host))
    await expect(manager.cache.increment('once')).rejects.toBeInstanceOf(ConnectionFailed)
    expect(wire.requests).toHaveLength(1)
    expect(await admin.get(`t:${company}:once`)).toBe('1')
  }, 180_000)
})
