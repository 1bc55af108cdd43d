import { beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type DatabaseServiceError,
  DeadlineExceeded,
  MultiDatabaseClient,
  StandardDatabaseManager,
  TooManyRequests,
  Unavailable,
} from '../../clients/typescript/src/index.ts'
import { type Given, givenCluster } from '../e2e/support/given.ts'
import { describeEngine } from '../support/engines.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { uniqueName } from '../support/unique-name.ts'
import { installPythonClient, runPythonTests } from './support/python.ts'
import { answerOf, openWire, type Wire } from './support/wire.ts'

const company = uniqueName('resilience')
const insert = 'insert into trading_signals (signal_id, symbol, signal_type, price) values ($1, $2, $3, $4)'
const columns = ['signal_id', 'symbol', 'signal_type', 'price']
const signal = (id: string) => [id, 'EURUSD', 'buy', '1.085512']

let given: Given
let router: TestRouter
let wire: Wire
let manager: StandardDatabaseManager
let client: MultiDatabaseClient
let retried: DatabaseServiceError[]

beforeAll(async () => {
  given = await givenCluster({ companies: [company, `${company}_c`] })
  router = await startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given })
}, 180_000)

beforeEach(async () => {
  wire = await openWire(router.port)
  const options = { host: wire.host, apiKey: router.key, tenantContext: { company_id: company } }
  retried = []
  manager = new StandardDatabaseManager({
    ...options,
    retry: { firstDelayMs: 10 },
    onRetry: (error) => retried.push(error),
  })
  client = new MultiDatabaseClient(options)
})

const kept = async (id: string) =>
  (await given.database.query(`select from tenant_${company}.trading_signals where signal_id = $1`, [id])).length
const keys = () => new Set(wire.headers('idempotency-key')).size

test('after 429 it waits as long as it was told, and then does the write once', async () => {
  wire.instead.push(answerOf(429, { 'retry-after': '1' }))
  const began = performance.now()
  expect(await manager.execute(insert, signal('told'))).toMatchObject({ rowCount: 1, info: { replayed: false } })
  expect(performance.now() - began).toBeGreaterThan(990)
  expect(retried).toMatchObject([{ name: 'TooManyRequests', status: 429, retryAfterMs: 1_000 }])
  expect(wire.requests).toHaveLength(2)
  expect([keys(), await kept('told')]).toEqual([1, 1])
})

test('it does not wait for what comes after its deadline, nor for what does not pass', async () => {
  wire.instead.push(answerOf(429, { 'retry-after': '60' }))
  const late = manager.query('select 1', [], { timeoutMs: 20_000 })
  await expect(late).rejects.toMatchObject({ name: 'TooManyRequests', retryAfterMs: 60_000 })
  const budget = { code: 'DBS-2407', message: 'company a may have 3 keys', details: { budget: 3 } }
  wire.instead.push(answerOf(429, {}, budget))
  await expect(manager.cache.set('a', 1)).rejects.toMatchObject({ code: 'DBS-2407', details: { budget: 3 } })
  expect(retried).toEqual([])
  expect(wire.requests).toHaveLength(2)
  // A balancer says nothing more, and has done nothing.
  wire.instead.push(answerOf(429))
  expect((await manager.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  expect(retried).toMatchObject([{ status: 429, code: null }])
})

test('after 503 of a balancer it sends reads and writes with a key again, and the plain client does not', async () => {
  wire.instead.push(answerOf(503), answerOf(502))
  expect((await manager.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  expect(retried).toMatchObject([
    { name: 'Unavailable', status: 503 },
    { name: 'Unavailable', status: 502 },
  ])

  // Refused, then done with its answer lost, then told.
  wire.instead.push(answerOf(503))
  wire.loseAnswers = 1
  const written = await manager.batch([[insert, signal('both')]])
  expect(written).toMatchObject({ info: { replayed: true } })
  expect(retried.slice(2).map(({ name }) => name)).toEqual(['Unavailable', 'ConnectionFailed'])
  expect([keys(), await kept('both')]).toEqual([1, 1])

  wire.instead.push(answerOf(503))
  expect(await manager.ingest('trading_signals', columns, [signal('load')])).toMatchObject({ inserted: 1 })
  expect(await kept('load')).toBe(1)

  wire.instead.push(answerOf(503))
  await expect(client.execute(insert, signal('plain'))).rejects.toBeInstanceOf(Unavailable)
  expect(await kept('plain')).toBe(0)
})

test('it never sends again what might be done twice, or what cannot be made again', async () => {
  wire.instead.push(answerOf(503))
  await expect(manager.cache.increment('count')).rejects.toBeInstanceOf(Unavailable)
  wire.instead.push(answerOf(504))
  await expect(manager.execute(insert, signal('late'))).rejects.toBeInstanceOf(DeadlineExceeded)
  async function* once() {
    yield signal('once')
  }
  wire.instead.push(answerOf(503))
  await expect(manager.ingest('trading_signals', columns, once())).rejects.toBeInstanceOf(Unavailable)
  expect(retried).toEqual([])
  expect(wire.requests).toHaveLength(3)
  expect(await kept('once')).toBe(0)
})

test('it gives up after its attempts, and says what was answered last', async () => {
  wire.instead.push(...Array.from({ length: 3 }, () => answerOf(503)), answerOf(429, { 'retry-after': '0' }))
  const failed = manager.execute(insert, signal('none'))
  await expect(failed).rejects.toBeInstanceOf(TooManyRequests)
  expect(wire.requests).toHaveLength(4)
  expect(keys()).toBe(1)
  expect(await kept('none')).toBe(0)
  expect((await manager.execute(insert, signal('none'))).rowCount).toBe(1)
})

describeEngine('python', 'from Python', () => {
  test('the same', async () => {
    const companies = { company, other: `${company}_c` }
    await runPythonTests('test_resilience', await installPythonClient(), router, companies)
    expect([await kept('py-told'), await kept('py-both'), await kept('py-load')]).toEqual([1, 1, 1])
    expect([await kept('py-plain'), await kept('py-late'), await kept('py-none')]).toEqual([0, 0, 0])
  }, 120_000)
})
