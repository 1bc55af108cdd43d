import { connect } from 'node:http2'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { describeEngine } from '../support/engines.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { ownDirectory } from '../support/shared-server.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { askChdb, commandChdb } from './support/chdb.ts'
import { givenOrders } from './support/given.ts'

interface Body {
  readonly inserted: number
  readonly skipped: number
  readonly info: { readonly replayed?: boolean }
  readonly error: { readonly code: string; readonly message: string }
}

interface Answer {
  readonly status: number
  readonly body: Body
}

async function send(
  router: TestRouter,
  path: string,
  type: string,
  body: string | Readable,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${router.url}/v1/ingest/${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${router.key}`,
      'content-type': type,
      'x-dbsvc-company': 'company_abc',
      ...headers,
    },
    body: typeof body === 'string' ? body : (Readable.toWeb(body) as never),
    ...(typeof body === 'string' ? {} : { duplex: 'half' }),
  } as RequestInit)
  return { status: response.status, body: (await response.json()) as Body }
}

const [json, ndjson, csv] = ['application/json', 'application/x-ndjson', 'text/csv']

describe('rows of a company in PostgreSQL', () => {
  let cluster: Cluster
  let router: TestRouter

  beforeAll(async () => {
    cluster = await createCluster()
    router = await startRouter(cluster)
  })

  const ingest = (path: string, type: string, body: string | Readable, headers = {}) =>
    send(router, path, type, body, headers)
  const rowsOf = async (sql: string, company = 'company_abc') => (await cluster.as({ company }, sql)).rows
  const tick = (second: number, symbol: string) => [
    `2026-01-02T03:04:${String(second).padStart(2, '0')}.123456Z`,
    'u1',
    symbol,
    1.0855,
    '1.08560',
    7,
    0.1,
  ]
  const columns = ['time', 'user_id', 'symbol', 'bid', 'ask', 'volume', 'spread']

  test('ticks as JSON, of the company that asks, with every digit', async () => {
    const rows = [tick(1, 'JSON'), tick(2, 'JSON')]
    const { status, body } = await ingest('trading_ticks', json, JSON.stringify({ columns, rows }))
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { inserted: 2, skipped: 0, info: { database: 'postgresql' } },
    })
    const sql = `select company_id, bid::text, ask::text, time at time zone 'utc' as time from trading_ticks where symbol = 'JSON' order by time`
    expect(await rowsOf(sql)).toMatchObject([{ company_id: 'company_abc', bid: '1.08550', ask: '1.08560' }, {}])
    expect(await rowsOf(sql, 'company_xyz')).toEqual([])
  })

  test('predictions as NDJSON, of arrays or of objects', async () => {
    const prediction = {
      time: '2026-01-02T03:04:05Z',
      user_id: 'u1',
      symbol: 'LINES',
      prediction_type: 'buy',
      confidence: 0.75,
    }
    const objects = [
      { ...prediction, features: { a: [1, 'x'] } },
      { ...prediction, confidence: 1 },
    ]
    expect(
      (await ingest('ai_predictions', ndjson, objects.map((row) => JSON.stringify(row)).join('\n'))).body.inserted,
    ).toBe(2)
    const arrays = [{ columns: Object.keys(prediction) }, Object.values({ ...prediction, confidence: 0.25 })]
    expect(
      (await ingest('ai_predictions', ndjson, arrays.map((row) => JSON.stringify(row)).join('\n'))).body.inserted,
    ).toBe(1)
    const sql = `select confidence::text, features from ai_predictions where symbol = 'LINES' order by confidence`
    expect(await rowsOf(sql)).toEqual([
      { confidence: '0.25', features: null },
      { confidence: '0.75', features: { a: [1, 'x'] } },
      { confidence: '1.00', features: null },
    ])
  })

  test("a company's own table as CSV, and NULL apart from empty text", async () => {
    const text =
      'user_id,email,subscription_tier,subscription_limits\r\nc1,"a ""b"",c@x",free,\r\nc2,c2@x,pro,"{""max_pairs"": 3}"\r\n'
    expect(await ingest('users', csv, text)).toMatchObject({ status: 200, body: { inserted: 2 } })
    expect(
      await rowsOf(`select user_id, email, subscription_limits from users where user_id like 'c_' order by 1`),
    ).toEqual([
      { user_id: 'c1', email: 'a "b",c@x', subscription_limits: null },
      { user_id: 'c2', email: 'c2@x', subscription_limits: { max_pairs: 3 } },
    ])
  })

  test('an empty field with quotes is empty text in CSV', async () => {
    expect((await ingest('market_data', csv, 'symbol,user_id\nCSV,""\nCSV,\n')).body.inserted).toBe(2)
    const found = await rowsOf(`select user_id from market_data where symbol = 'CSV' order by user_id`)
    expect(found).toEqual([{ user_id: '' }, { user_id: null }])
  })

  test('all or nothing, over many batches; what is there already is left where that is wanted', async () => {
    const user = (at: number | string) => [`n${at}`, `n${at}@x`, 'free']
    const lines = (ids: readonly (number | string)[]) =>
      [{ columns: ['user_id', 'email', 'subscription_tier'] }, ...ids.map(user)]
        .map((row) => JSON.stringify(row))
        .join('\n')
    const ids = Array.from({ length: 5_000 }, (_, at) => at)
    const failed = await ingest('users', ndjson, lines([...ids, 0]))
    expect([failed.status, failed.body.error.code]).toEqual([409, 'DBS-2004'])
    expect(await rowsOf(`select count(*)::int as n from users where user_id like 'n%'`)).toEqual([{ n: 0 }])
    expect(await ingest('users', ndjson, lines(ids))).toMatchObject({ status: 200, body: { inserted: 5_000 } })
    const again = await ingest('users?skip_duplicates=true', ndjson, lines([...ids.slice(0, 10), 'new']))
    expect(again.body).toMatchObject({ inserted: 1, skipped: 10 })
  })

  test('by an idempotency key once', async () => {
    const text = `{"user_id": "k1", "email": "k1@x", "subscription_tier": "free"}`
    for (const replayed of [undefined, true]) {
      const { body } = await ingest('users', ndjson, text, { 'idempotency-key': 'load-1' })
      expect([body.inserted, body.info.replayed]).toEqual([1, replayed])
    }
    const other = await ingest('market_data', ndjson, '{"symbol": "X"}', { 'idempotency-key': 'load-1' })
    expect([other.status, other.body.error.code]).toEqual([422, 'DBS-2410'])
  })

  test('a quarter of a million rows pass in bounded memory, as fast as the database takes them', async () => {
    const before = await memoryOf(router.process.pid)
    let sent = 0
    const rows = Readable.from(
      (function* () {
        yield `${JSON.stringify({ columns })}\n`
        for (let at = 0; at < 250; at += 1) {
          sent += 1_000
          const line = (i: number) =>
            JSON.stringify(['2026-02-01T00:00:00Z', 'u1', `S${at}_${i % 10}`, 1.5, 1.6, i, 0.1])
          yield Array.from({ length: 1_000 }, (_, i) => `${line(i)}\n`).join('')
        }
      })(),
    )
    const { status, body } = await ingest('trading_ticks', ndjson, rows)
    expect([status, body.inserted]).toEqual([200, sent])
    expect((await memoryOf(router.process.pid)) - before).toBeLessThan(250 * 2 ** 20)
  }, 120_000)

  test.each([
    ['nothing', json, { columns: ['a'], rows: [['x']] }, 403, 'DBS-2202'],
    ['users', json, { columns: ['nothing'], rows: [['x']] }, 400, 'DBS-2404'],
    ['users', json, { columns: ['user_id'], rows: [['x', 'y']] }, 400, 'DBS-2001'],
    ['users', json, { columns: ['user_id", "email'], rows: [] }, 400, 'DBS-2001'],
    ['users', json, { columns: [], rows: [] }, 400, 'DBS-2001'],
    ['tenant_company_xyz.users', json, { columns: ['user_id'], rows: [['x']] }, 400, 'DBS-2001'],
    ['pg_class', json, { columns: ['relname'], rows: [['x']] }, 403, 'DBS-2202'],
    ['service_registry', json, { columns: ['service_name'], rows: [['x']] }, 403, 'DBS-2202'],
    [
      'trading_ticks',
      json,
      { columns: ['company_id', 'time', 'user_id', 'symbol'], rows: [['company_xyz', '2026-01-01', 'u', 'X']] },
      400,
      'DBS-2004',
    ],
    ['users', ndjson, 'no json', 400, 'DBS-2001'],
    ['users', ndjson, '', 400, 'DBS-2001'],
    ['users', ndjson, '{"user_id": "x"}\n{"mail": "x"}', 400, 'DBS-2001'],
    ['users', csv, 'user_id\n"x', 400, 'DBS-2001'],
    ['users', csv, 'user_id,email\nx', 400, 'DBS-2001'],
    ['users', 'application/xml', 'x', 415, 'DBS-2001'],
    ['users?database=weaviate', json, { columns: ['user_id'], rows: [] }, 400, 'DBS-2001'],
  ])('into %s refuses %s %j', async (path, type, body, status, code) => {
    const answer = await ingest(path, type, typeof body === 'string' ? body : JSON.stringify(body))
    expect([answer.status, answer.body.error.code]).toEqual([status, code])
    expect(await rowsOf(`select from users where user_id = 'x'`)).toEqual([])
    expect(await rowsOf(`select from trading_ticks where user_id = 'u'`, 'company_xyz')).toEqual([])
  })

  test.each([ndjson, csv])('%s that is no UTF-8 is refused', async (type) => {
    const begin =
      type === csv ? 'user_id,email,subscription_tier\nx,' : '{"user_id": "x", "subscription_tier": "free", "email": "'
    const bytes = Buffer.concat([
      Buffer.from(begin),
      Buffer.from([0xc0, 0xaf]),
      Buffer.from(type === csv ? ',free\n' : '"}\n'),
    ])
    const answer = await ingest('users', type, Readable.from([bytes]))
    expect([answer.status, answer.body.error]).toMatchObject([
      400,
      { code: 'DBS-2001', message: expect.stringContaining('no UTF-8') },
    ])
    expect(await rowsOf(`select from users where user_id = 'x'`)).toEqual([])
  })

  test('a caller that goes away half-way leaves nothing', async () => {
    const gone = new AbortController()
    const endless = Readable.from(
      (async function* () {
        yield '{"user_id": "half", "email": "half@x", "subscription_tier": "free"}\n'
        await new Promise((resolve) => setTimeout(resolve, 5_000))
        yield '{"user_id": "half2", "email": "half2@x", "subscription_tier": "free"}\n'
      })(),
    )
    const asked = fetch(`${router.url}/v1/ingest/users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${router.key}`, 'content-type': ndjson, 'x-dbsvc-company': 'company_abc' },
      body: Readable.toWeb(endless) as never,
      duplex: 'half',
      signal: gone.signal,
    } as RequestInit)
    setTimeout(() => gone.abort(), 500)
    await expect(asked).rejects.toThrow()
    expect(await rowsOf(`select from users where user_id like 'half%'`)).toEqual([])
    expect((await ingest('users', csv, 'user_id,email,subscription_tier\nafter,after@x,free\n')).body.inserted).toBe(1)
  })

  test.each([ndjson, csv])('%s that breaks off over HTTP/2 leaves nothing either', async (type) => {
    const session = connect(router.url)
    const stream = session.request({
      ':method': 'POST',
      ':path': '/v1/ingest/users',
      authorization: `Bearer ${router.key}`,
      'content-type': type,
      'x-dbsvc-company': 'company_abc',
    })
    stream.on('error', () => {})
    const rows = Array.from({ length: 3_000 }, (_, at) => [`torn${at}`, `torn${at}@x`, 'free'])
    const lines = [['user_id', 'email', 'subscription_tier'], ...rows].map((row, at) => {
      if (type === csv) return row.join(',')
      return JSON.stringify(at === 0 ? { columns: row } : row)
    })
    stream.write(`${lines.join('\n')}\n`)
    await delay(500)
    session.destroy()
    await delay(500)
    expect(await rowsOf(`select from users where user_id like 'torn%'`)).toEqual([])
  })
})

async function memoryOf(pid: number): Promise<number> {
  const { readFile } = await import('node:fs/promises')
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1_024
}

describeEngine('clickhouse', 'rows of a company', () => {
  test('go into its tables batch by batch, and into no other', async () => {
    const path = await ownDirectory('chdb')
    const given = await givenOrders({ companies: ['company_abc', 'other'], config: { clickhouse: { path } } })
    await commandChdb(
      path,
      `create table tenant_company_abc.ticks (time DateTime64(3, 'UTC'), symbol String, bid Decimal(18, 6), volume UInt64) engine = MergeTree order by time
       settings non_replicated_deduplication_window = 100`,
    )
    const router = await startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given })
    const rows = Array.from({ length: 3_000 }, (_, at) => [
      '2026-01-02T03:04:05.678Z',
      `S'${at}`,
      '1.0855',
      '18446744073709551615',
    ])
    const body = JSON.stringify({ columns: ['time', 'symbol', 'bid', 'volume'], rows })
    for (const headers of [{ 'idempotency-key': 'ticks-1' }, { 'idempotency-key': 'ticks-1' }]) {
      const answer = await send(router, 'ticks?database=clickhouse', json, body, headers)
      expect(answer).toMatchObject({ status: 200, body: { inserted: 3_000, info: { database: 'clickhouse' } } })
    }
    const refused = await send(router, 'nothing?database=clickhouse', json, body)
    expect([refused.status, refused.body.error.code]).toEqual([400, 'DBS-2404'])
    await router.stop()
    const found = await askChdb(
      path,
      `select count() as n, any(bid) as bid, toString(max(volume)) as volume, any(time) as time from tenant_company_abc.ticks`,
    )
    expect(found).toMatchObject([{ n: 3_000, volume: '18446744073709551615', time: '2026-01-02 03:04:05.678' }])
  }, 60_000)
})
