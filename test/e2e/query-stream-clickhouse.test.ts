import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningStandIn, startClickhouseStandIn } from '../standins/clickhouse/start.ts'
import { describeEngine } from '../support/engines.ts'
import { residentMemory } from '../support/resident-memory.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { ownDirectory } from '../support/shared-server.ts'
import { commandChdb } from './support/chdb.ts'
import { givenOrders } from './support/given.ts'

const company = 'company_abc'

async function projectOn(clickhouse: object): Promise<Parameters<typeof startRouter>[0]> {
  const given = await givenOrders({ companies: [company], config: { clickhouse } })
  await given.dbsvc(['tenant', 'set', company, '--limit', 'statementTimeoutMs=60000'])
  return { dbsvc: (...args) => given.dbsvc(args), project: given }
}

async function ask(router: TestRouter, sql: string, params: readonly unknown[] = []): Promise<Response> {
  return fetch(`${router.url}/v1/query`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${router.key}`,
      'content-type': 'application/json',
      accept: 'application/x-ndjson',
      'x-dbsvc-company': company,
    },
    body: JSON.stringify({ sql, params, database: 'clickhouse' }),
  })
}

const linesOf = async (response: Response) =>
  (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

// 200 MB, which is more than is read as a whole.
const large = 'select n, text from large'
const makeLarge = [
  'create table tenant_company_abc.large (n UInt64, text String) engine = MergeTree order by n',
  `insert into tenant_company_abc.large select number, repeat('x', 10000) from numbers(20000)`,
]

/** @returns by how many MiB the router grew meanwhile */
async function expectPassing(router: TestRouter): Promise<number> {
  const before = await residentMemory(router.process.pid)
  const response = await ask(router, large)
  expect(response.status).toBe(200)
  let [bytes, lines, most] = [0, 0, 0]
  for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
    const due = Math.floor((bytes + piece.length) / 20_000_000) > Math.floor(bytes / 20_000_000)
    bytes += piece.length
    for (const byte of piece) lines += byte === 0x0a ? 1 : 0
    if (due) most = Math.max(most, (await residentMemory(router.process.pid)) - before)
  }
  expect(bytes).toBeGreaterThan(200_000_000)
  // Columns and an end.
  expect(lines).toBe(20_002)
  return most
}

describeEngine('clickhouse-server', 'streams of ClickHouse over HTTP', () => {
  let standIn: RunningStandIn
  let router: TestRouter

  beforeAll(async () => {
    standIn = await startClickhouseStandIn()
    const { url } = standIn
    const { origin, username, password } = new URL(url)
    const [user, secret] = [decodeURIComponent(username), decodeURIComponent(password)]
    router = await startRouter(await projectOn({ url: origin, plaintext: true, user, password: secret }))
    const headers = { 'x-clickhouse-user': user, 'x-clickhouse-key': secret }
    for (const body of makeLarge) expect((await fetch(origin, { method: 'POST', headers, body })).status).toBe(200)
  })

  afterAll(() => standIn.stop())

  test('have every row, and take parameters', async () => {
    const lines = await linesOf(
      await ask(router, 'select arrayJoin(range(toUInt64({p1:UInt32}))) as number, toString(number) as t', [5_000]),
    )
    expect(lines).toHaveLength(5_002)
    expect(lines[0]).toMatchObject({
      columns: [
        { name: 'number', type: 'UInt64' },
        { name: 't', type: 'String' },
      ],
    })
    expect(lines[5_000]).toEqual(['4999', '4999'])
    expect(lines.at(-1)).toMatchObject({ end: { row_count: 5_000, info: { database: 'clickhouse' } } })
  })

  test('of no row have columns and an end', async () => {
    const lines = await linesOf(await ask(router, 'select 1 as one where 0'))
    expect(lines).toMatchObject([{ columns: [{ name: 'one' }] }, { end: { row_count: 0 } }])
  })

  test('are refused with a status while nothing has been sent', async () => {
    const response = await ask(router, 'select * from nothing')
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: 'DBS-2404' } }])
  })

  test('pass through, however large', async () => {
    expect(await expectPassing(router)).toBeLessThan(150)
  }, 120_000)

  test('say what goes wrong on the way', async () => {
    const lines = await linesOf(await ask(router, 'select throwIf(n = 15000), text from large'))
    expect(lines.length).toBeGreaterThan(2)
    expect(lines.at(-1)).toMatchObject({ error: { code: 'DBS-2404' } })
  }, 60_000)
})

describeEngine('clickhouse', 'streams of chDB in process', () => {
  test('pass through without parameters, and end with whoever leaves', async () => {
    const path = await ownDirectory('chdb')
    const project = await projectOn({ path })
    for (const statement of makeLarge) await commandChdb(path, statement)
    const router = await startRouter(project)
    await expectPassing(router)
    const response = await ask(router, 'select n, text from large')
    await response.body?.cancel()
    expect(await linesOf(await ask(router, 'select arrayJoin(range({p1:UInt8}))', [2]))).toHaveLength(4)
  }, 120_000)
})
