import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { mebibyte, residentMemory, settledMemory } from '../support/resident-memory.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { runningStatements } from './support/running-statements.ts'

let cluster: Cluster
let router: TestRouter

beforeAll(async () => {
  cluster = await createCluster()
  await cluster.dbsvc('tenant', 'set', 'company_abc', '--limit', 'statementTimeoutMs=600000')
  router = await startRouter(cluster)
})

const ask = (sql: string, { of = router, signal }: { of?: TestRouter; signal?: AbortSignal } = {}): Promise<Response> =>
  fetch(`${of.url}/v1/query`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${of.key}`,
      'content-type': 'application/json',
      accept: 'application/x-ndjson',
      'x-dbsvc-company': 'company_abc',
      'x-request-id': 'stream-1',
    },
    body: JSON.stringify({ sql }),
    signal: signal ?? null,
  })

async function linesOf(response: Response): Promise<unknown[]> {
  expect(response.headers.get('content-type')).toBe('application/x-ndjson')
  const text = await response.text()
  expect(text.endsWith('\n')).toBe(true)
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

const info = {
  request_id: 'stream-1',
  database: 'postgresql',
  category: 'A',
  source: expect.stringMatching(/^direct_connection|connection_pool$/),
  age_ms: null,
  duration_ms: expect.any(Number),
}

test('gives columns, rows and an end, one on each line', async () => {
  const sql = `select n, n * 10000000000, case when n = 2 then e'{"a":\\n1.50}'::json end from generate_series(1, 2500) n`
  const [columns, ...rows] = await linesOf(await ask(sql))
  expect(columns).toEqual({
    columns: [
      { name: 'n', type: 'int4' },
      { name: '?column?', type: 'int8' },
      { name: 'case', type: 'json' },
    ],
  })
  expect(rows.pop()).toEqual({ end: { row_count: 2500, info } })
  expect(rows).toHaveLength(2500)
  expect(rows.slice(0, 2)).toEqual([
    [1, '10000000000', null],
    [2, '20000000000', { a: 1.5 }],
  ])
})

test('gives columns and an end where there are no rows', async () => {
  expect(await linesOf(await ask('select 1 as one where false'))).toEqual([
    { columns: [{ name: 'one', type: 'int4' }] },
    { end: { row_count: 0, info } },
  ])
})

test.each([
  ['select 1 / 0', 400, 'DBS-2004'],
  ['delete from users', 403, 'DBS-2203'],
])('refuses %s with a status, before anything is sent', async (sql, status, code) => {
  const response = await ask(sql)
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ error: { code } })
})

test('says on the last line what went wrong on the way', async () => {
  const lines = await linesOf(await ask('select 1 / (5000 - n) from generate_series(1, 10000) n'))
  expect(lines.at(-1)).toEqual({
    error: expect.objectContaining({
      code: 'DBS-2004',
      details: { sqlState: '22012', reason: 'division by zero' },
      request_id: 'stream-1',
    }),
  })
  expect(lines.filter((line) => Array.isArray(line)).length).toBeLessThan(5_000)
  expect(JSON.stringify(lines)).not.toContain('"end"')
})

test.each([
  ['before the first row', `select count(*) from generate_series(1, 987654321)`, false],
  ['between two pages', `select n, 987654321 from generate_series(1, 100000000) n`, true],
  ['within a page', `select repeat('x', 1000000), 987654321 from generate_series(1, 100000) n`, true],
])('a caller that leaves %s takes the statement with it', async (_when, sql, comes) => {
  const gone = new AbortController()
  const response = ask(sql, { signal: gone.signal }).then(async ({ body }) => body?.getReader().read())
  response.catch(() => {})
  if (comes) await response
  await expect.poll(() => runningStatements(cluster, '987654321')).toHaveLength(1)
  gone.abort()
  await expect.poll(() => runningStatements(cluster, '987654321')).toEqual([])
  const { body } = await router.post('/v1/query', { sql: 'select 1' })
  expect(body.rows).toEqual([[1]])
})

describe('a result much larger than the memory it is given', () => {
  let small: TestRouter

  beforeAll(async () => {
    // Left to itself, V8 collects no garbage before there is much of it.
    small = await startRouter(cluster, { env: { NODE_OPTIONS: '--max-old-space-size=100' } })
    // The parser of statements, which is WebAssembly, takes some hundred MiB while V8 compiles it.
    for (let warm = 0; warm < 20; warm += 1) await linesOf(await ask(`select ${warm}`, { of: small }))
  })

  test.each([
    [400_000, 1_000],
    [400, 1_000_000],
  ])(
    'passes through at the pace of its reader: %d rows of %d bytes',
    async (rows, size) => {
      const before = await settledMemory(small.process.pid)
      const response = await ask(`select n, repeat('x', ${size}) from generate_series(1, ${rows}) n`, { of: small })
      let bytes = 0
      let most = 0
      let tail = ''
      for await (const chunk of response.body ?? []) {
        bytes += chunk.length
        tail = (tail + Buffer.from(chunk).toString('latin1')).slice(-400)
        if (Math.floor(bytes / (20 * mebibyte)) > Math.floor((bytes - chunk.length) / (20 * mebibyte))) {
          await delay(100)
          most = Math.max(most, (await residentMemory(small.process.pid)) - before)
        }
      }
      expect(tail.trimEnd().split('\n').at(-1)).toContain(`{"end":{"row_count":${rows}`)
      expect(bytes).toBeGreaterThan(370 * mebibyte)
      // Buffered, it would be in there at least once.
      expect(most).toBeLessThan(250)
    },
    300_000,
  )
})
