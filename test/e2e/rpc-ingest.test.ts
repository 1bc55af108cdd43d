import { setTimeout as delay } from 'node:timers/promises'
import type { MessageInitShape } from '@bufbuild/protobuf'
import { Code, ConnectError, createClient } from '@connectrpc/connect'
import { compressionGzip, createGrpcTransport } from '@connectrpc/connect-node'
import { beforeAll, describe, expect, test } from 'vitest'
import { ErrorDetailSchema } from '../../src/server/contract/dbsvc/v1/error_pb.js'
import { IngestService, type IngestStreamRequestSchema } from '../../src/server/contract/dbsvc/v1/ingest_pb.js'
import { Engine, type ValueSchema } from '../../src/server/contract/dbsvc/v1/value_pb.js'
import { describeEngine } from '../support/engines.ts'
import { residentMemory } from '../support/resident-memory.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { ownDirectory } from '../support/shared-server.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { askChdb, commandChdb } from './support/chdb.ts'
import { givenOrders } from './support/given.ts'
import { grpcClient, transports } from './support/rpc-clients.ts'
import { runningStatements } from './support/running-statements.ts'

type Message = MessageInitShape<typeof IngestStreamRequestSchema>
type Value = MessageInitShape<typeof ValueSchema>

let cluster: Cluster
let router: TestRouter

beforeAll(async () => {
  cluster = await createCluster()
  await cluster.dbsvc(
    'tenant',
    'set',
    'company_abc',
    '--limit',
    'statementTimeoutMs=60000',
    '--limit',
    'lockTimeoutMs=60000',
  )
  router = await startRouter(cluster)
})

const headersOf = ({ key }: TestRouter) => ({ authorization: `Bearer ${key}`, 'x-dbsvc-company': 'company_abc' })
const text = (value: string): Value => ({ kind: { case: 'textValue', value } })
const row = (...values: readonly Value[]) => ({ values: [...values] })
const userColumns = ['user_id', 'email', 'subscription_tier']
const user = (id: string) => row(text(id), text(`${id}@x`), text('free'))
const begin = (table: string, columns: readonly string[], more = {}): Message => ({
  part: { case: 'begin', value: { table, columns: [...columns], ...more } },
})
const rows = (...of: readonly ReturnType<typeof row>[]): Message => ({
  part: { case: 'rows', value: { rows: [...of] } },
})

const end = (rowCount: number): Message => ({ part: { case: 'end', value: { rowCount: BigInt(rowCount) } } })

const usersLike = (pattern: string, company = 'company_abc') =>
  cluster.database.query(`select user_id from tenant_${company}.users where user_id like '${pattern}' order by 1`)

async function refusal(asked: Promise<unknown>): Promise<readonly [Code, string | undefined]> {
  const error = await asked.then(
    () => Promise.reject(new Error('it succeeded')),
    (thrown: unknown) => ConnectError.from(thrown),
  )
  return [error.code, error.findDetails(ErrorDetailSchema)[0]?.code]
}

describe.each(transports)('%s', (name, transportTo) => {
  const mark = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  const client = () => createClient(IngestService, transportTo(router.url))
  const headers = () => headersOf(router)

  test('takes rows in one message, for the company that asks', async () => {
    const [first, second] = [`${mark}-one`, `${mark}-two`]
    const asked = { table: 'users', columns: userColumns, rows: [user(first), user(second)] }
    const answer = await client().ingest(asked, { headers: headers() })
    expect(answer).toMatchObject({ inserted: 2n, skipped: 0n, info: { database: Engine.POSTGRESQL } })
    expect(await usersLike(`${mark}-%`)).toEqual([{ user_id: first }, { user_id: second }])
    expect(await usersLike(`${mark}-%`, 'company_xyz')).toEqual([])
    expect(await refusal(client().ingest(asked, { headers: headers() }))).toEqual([Code.AlreadyExists, 'DBS-2004'])
    const rest = { ...asked, skipDuplicates: true, rows: [...asked.rows, user(`${mark}-three`)] }
    expect(await client().ingest(rest, { headers: headers() })).toMatchObject({ inserted: 1n, skipped: 2n })
  })

  test('takes rows message by message, all or nothing', async () => {
    async function* messages(last: string): AsyncGenerator<Message> {
      yield begin('users', userColumns)
      for (let at = 0; at < 5_000; at += 500) {
        yield rows(...Array.from({ length: 500 }, (_, i) => user(`${mark}:${at + i}`)))
      }
      yield rows(user(last))
      yield end(5_001)
    }
    const failed = client().ingestStream(messages(`${mark}:0`), { headers: headers() })
    expect(await refusal(failed)).toEqual([Code.AlreadyExists, 'DBS-2004'])
    expect(await usersLike(`${mark}:%`)).toEqual([])
    const answer = await client().ingestStream(messages(`${mark}:last`), { headers: headers() })
    expect(answer).toMatchObject({ inserted: 5_001n, skipped: 0n })
    expect(await usersLike(`${mark}:%`)).toHaveLength(5_001)
  })

  test('refuses what cannot be before the sender is done', async () => {
    // HTTP/1.1 has the sender finish first.
    const most = name.includes('1.1') ? 5 : Number.POSITIVE_INFINITY
    async function* endless(first: Message, second: Message): AsyncGenerator<Message> {
      yield first
      for (let sent = 0; sent < most; sent += 1) {
        yield second
        await delay(10)
      }
    }
    const ask = (first: Message, second: Message, more: Record<string, string> = {}) =>
      refusal(client().ingestStream(endless(first, second), { headers: { ...headers(), ...more } }))
    const good = rows(user('x'))
    expect(await ask(begin('nothing', userColumns), good)).toEqual([Code.PermissionDenied, 'DBS-2202'])
    expect(await ask(begin('pg_class', ['relname']), good)).toEqual([Code.PermissionDenied, 'DBS-2202'])
    expect(await ask(begin('users', ['user_id', 'nothing']), good)).toEqual([Code.InvalidArgument, 'DBS-2404'])
    expect(await ask(begin('users', []), good)).toEqual([Code.InvalidArgument, 'DBS-2001'])
    expect(await ask(begin('users', userColumns), rows(row(text('x'))))).toEqual([Code.InvalidArgument, 'DBS-2001'])
    expect(await ask(begin('users', userColumns), begin('users', userColumns))).toEqual([
      Code.InvalidArgument,
      'DBS-2001',
    ])
    expect(await ask(good, good)).toEqual([Code.InvalidArgument, 'DBS-2001'])
    const other = begin('users', userColumns, { tenant: { companyId: 'company_xyz' } })
    expect(await ask(other, good)).toEqual([Code.InvalidArgument, 'DBS-2001'])
    const unknown = await ask(begin('users', userColumns), good, { authorization: `Bearer dbk_${'x'.repeat(43)}` })
    expect(unknown).toEqual([Code.Unauthenticated, 'DBS-2101'])
    expect(await usersLike('x')).toEqual([])
  }, 60_000)

  test.each([
    ['no end', []],
    ['another count than its rows', [end(1)]],
    ['rows that are short of a value', [rows(row(text('x'))), end(3)]],
  ])('leaves nothing of a stream with %s', async (_what, last: readonly Message[]) => {
    async function* messages(): AsyncGenerator<Message> {
      yield begin('users', userColumns)
      yield rows(user(`${mark}_a`), user(`${mark}_b`))
      yield* last
    }
    const asked = client().ingestStream(messages(), { headers: headers() })
    expect(await refusal(asked)).toEqual([Code.InvalidArgument, 'DBS-2001'])
    expect(await usersLike(`${mark}\\_%`)).toEqual([])
  })

  test('a caller that leaves half-way leaves nothing, and the next is served', async () => {
    const gone = new AbortController()
    async function* halting(): AsyncGenerator<Message> {
      yield begin('users', userColumns)
      yield rows(...Array.from({ length: 2_500 }, (_, at) => user(`${mark}_half${at}`)))
      await delay(300)
      gone.abort()
      await delay(5_000)
    }
    const asked = client().ingestStream(halting(), { headers: headers(), signal: gone.signal })
    expect((await refusal(asked))[0]).toBe(Code.Canceled)
    const after = { table: 'users', columns: userColumns, rows: [user(`${mark}-after`)] }
    expect((await client().ingest(after, { headers: headers() })).inserted).toBe(1n)
    expect(await usersLike(`${mark}\\_half%`)).toEqual([])
  })
})

test('values arrive without loss, and NULL apart from empty text', async () => {
  const values: Value[] = [
    { kind: { case: 'timeValue', value: '2026-01-02T03:04:05.678901Z' } },
    text('grün "\\{},'),
    text('KINDS'),
    text('buy'),
    { kind: { case: 'numericValue', value: '0.10' } },
    { kind: { case: 'jsonValue', value: '{"a": [1, "NULL"]}' } },
  ]
  const asked = {
    table: 'ai_predictions',
    columns: ['time', 'user_id', 'symbol', 'prediction_type', 'confidence', 'features'],
    rows: [row(...values), row(...values.slice(0, 1), text(''), ...values.slice(2, 5), {})],
  }
  await grpcClient(IngestService, router.url).ingest(asked, { headers: headersOf(router) })
  const { rows: found } = await cluster.as(
    { company: 'company_abc' },
    `select to_char(time at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS.US') as time, user_id, confidence::text, features
     from ai_predictions where symbol = 'KINDS' order by user_id`,
  )
  const rest = { time: '2026-01-02 03:04:05.678901', confidence: '0.10' }
  expect(found).toEqual([
    { ...rest, user_id: '', features: null },
    { ...rest, user_id: 'grün "\\{},', features: { a: [1, 'NULL'] } },
  ])
})

test('by an idempotency key once, in one message or in many', async () => {
  const client = grpcClient(IngestService, router.url)
  const headers = headersOf(router)
  const asked = { table: 'users', columns: userColumns, rows: [user('keyed')], idempotencyKey: 'rpc-load' }
  expect((await client.ingest(asked, { headers })).inserted).toBe(1n)
  expect((await client.ingest(asked, { headers })).inserted).toBe(1n)
  async function* again(): AsyncGenerator<Message> {
    yield begin('users', userColumns, { idempotencyKey: 'rpc-load' })
    yield rows(user('keyed'))
    yield end(1)
  }
  expect((await client.ingestStream(again(), { headers })).inserted).toBe(1n)
  expect(await refusal(client.ingest({ ...asked, columns: ['user_id'] }, { headers }))).toEqual([
    Code.FailedPrecondition,
    'DBS-2410',
  ])
})

test('a message that is too large once it is unpacked is refused, and so is a key that may only read', async () => {
  const large = { table: 'users', columns: userColumns, rows: [user('x'.repeat(17 * 2 ** 20))] }
  const packed = createGrpcTransport({ baseUrl: router.url, sendCompression: compressionGzip })
  const asked = createClient(IngestService, packed).ingest(large, { headers: headersOf(router) })
  expect(await refusal(asked)).toEqual([Code.ResourceExhausted, 'DBS-2001'])
  const reader = await startRouter(cluster, { grants: ['--verb', 'read'] })
  const small = { table: 'users', columns: userColumns, rows: [user('reader')] }
  const refused = grpcClient(IngestService, reader.url).ingest(small, { headers: headersOf(reader) })
  expect(await refusal(refused)).toEqual([Code.PermissionDenied, 'DBS-2102'])
  expect(await usersLike('reader')).toEqual([])
})

const predictionColumns = ['time', 'user_id', 'symbol', 'prediction_type', 'confidence', 'features']

function prediction(user: string, characters: number) {
  const features: Value = { kind: { case: 'jsonValue', value: JSON.stringify('y'.repeat(characters)) } }
  const time: Value = { kind: { case: 'timeValue', value: '2026-01-02T03:04:05Z' } }
  const confidence: Value = { kind: { case: 'numericValue', value: '0.5' } }
  return row(time, text(user), text('EURUSD'), text('buy'), confidence, features)
}

test('a sender is held to the pace of the database: nothing piles up in the router', async () => {
  const client = grpcClient(IngestService, router.url)
  const lock = await cluster.database.connect()
  await lock.query('begin; lock table ai_predictions in exclusive mode')
  const sample = prediction('pace', 2_000)
  // 40 MB.
  const total = 20_000
  let sent = 0
  async function* messages(): AsyncGenerator<Message> {
    yield begin('ai_predictions', predictionColumns)
    for (; sent < total; sent += 250) yield rows(...Array.from({ length: 250 }, () => sample))
    yield end(total)
  }
  const asked = client.ingestStream(messages(), { headers: headersOf(router) })
  await expect.poll(() => runningStatements(cluster, 'ai_predictions'), { timeout: 20_000 }).not.toEqual([])
  await delay(1_000)
  // A batch, and what is in buffers on the way.
  expect(sent).toBeLessThan(5_000)
  await lock.query('rollback')
  await lock.end()
  expect((await asked).inserted).toBe(BigInt(total))
}, 120_000)

test('passes a load much larger than its memory through', async () => {
  // Left to itself, V8 collects no garbage before there is much of it.
  const small = await startRouter(cluster, { env: { NODE_OPTIONS: '--max-old-space-size=100' } })
  const client = grpcClient(IngestService, small.url)
  const headers = headersOf(small)
  const sample = prediction('load', 10_000)
  let before = 0
  let most = 0
  async function* load(total: number): AsyncGenerator<Message> {
    yield begin('ai_predictions', predictionColumns)
    for (let sent = 0; sent < total; sent += 100) {
      if (sent % 1_000 === 0) most = Math.max(most, (await residentMemory(small.process.pid)) - before)
      yield rows(...Array.from({ length: 100 }, () => sample))
    }
    yield end(total)
  }
  for (let warm = 0; warm < 20; warm += 1) await client.ingestStream(load(100), { headers })
  before = await residentMemory(small.process.pid)
  most = 0
  expect((await client.ingestStream(load(20_000), { headers })).inserted).toBe(20_000n)
  // Held, it would be in there at least once: 200 MB.
  expect(most).toBeLessThan(170)
}, 240_000)

describeEngine('clickhouse', 'rows of a company by gRPC', () => {
  test('go into its tables message by message', async () => {
    const path = await ownDirectory('chdb')
    const given = await givenOrders({ companies: ['company_abc'], config: { clickhouse: { path } } })
    await commandChdb(
      path,
      'create table tenant_company_abc.ticks (symbol String, bid Decimal(18, 6), volume UInt64) engine = MergeTree order by symbol',
    )
    const own = await startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given })
    const tick = (symbol: string) =>
      row(
        text(symbol),
        { kind: { case: 'numericValue', value: '1.0855' } },
        { kind: { case: 'bigIntValue', value: '18446744073709551615' } },
      )
    async function* messages(): AsyncGenerator<Message> {
      yield begin('ticks', ['symbol', 'bid', 'volume'], { database: Engine.CLICKHOUSE })
      yield rows(tick('a'), tick('b'))
      yield rows(tick('c'))
      yield end(3)
    }
    const answer = await grpcClient(IngestService, own.url).ingestStream(messages(), { headers: headersOf(own) })
    expect(answer).toMatchObject({ inserted: 3n, info: { database: Engine.CLICKHOUSE } })
    await own.stop()
    const sql = 'select count() as n, toString(max(volume)) as volume from tenant_company_abc.ticks'
    expect(await askChdb(path, sql)).toMatchObject([{ n: 3, volume: '18446744073709551615' }])
  }, 60_000)
})
