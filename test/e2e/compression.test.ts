import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { runningStatements } from './support/running-statements.ts'

let cluster: Cluster
let router: TestRouter

beforeAll(async () => {
  cluster = await createCluster()
  router = await startRouter(cluster)
})

/** As it comes: `fetch` would unpack it. */
async function ask(sql: string, acceptEncoding: string, accept = 'application/json') {
  const headers = {
    accept,
    authorization: `Bearer ${router.key}`,
    'content-type': 'application/json',
    'x-dbsvc-company': 'company_abc',
    'accept-encoding': acceptEncoding,
  }
  return new Promise<{ encoding: string | undefined; body: Buffer }>((resolve, reject) => {
    request(`${router.url}/v1/query`, { method: 'POST', headers }, async (response) => {
      resolve({ encoding: response.headers['content-encoding'], body: await buffer(response) })
    })
      .on('error', reject)
      .end(JSON.stringify({ sql }))
  })
}

const large = `select n, repeat('ü', 20) as text from generate_series(1, 5000) n`

test('compresses a large answer for whoever takes gzip, and for nobody else', async () => {
  const packed = await ask(large, 'deflate, gzip')
  expect(packed.encoding).toBe('gzip')
  const plain = await ask(large, 'gzip;q=0')
  expect(plain.encoding).toBeUndefined()
  expect(JSON.parse(gunzipSync(packed.body).toString()).rows).toEqual(JSON.parse(plain.body.toString()).rows)
  expect(packed.body.length).toBeLessThan(plain.body.length / 4)
})

test('leaves a small answer as it is', async () => {
  expect((await ask('select 1', 'gzip')).encoding).toBeUndefined()
})

const lines = 'application/x-ndjson'

test('compresses rows that come one by one', async () => {
  const packed = await ask(large, 'gzip', lines)
  expect(packed.encoding).toBe('gzip')
  const plain = await ask(large, 'identity', lines)
  expect(plain.encoding).toBeUndefined()
  const rowsOf = (body: Buffer) => body.toString().trim().split('\n').slice(0, -1)
  expect(rowsOf(gunzipSync(packed.body))).toEqual(rowsOf(plain.body))
  expect(rowsOf(plain.body)).toHaveLength(5_001)
  expect(packed.body.length).toBeLessThan(plain.body.length / 4)
})

test('holds no row back until there are more, and ends the statement of whoever leaves', async () => {
  const gone = new AbortController()
  const response = await fetch(`${router.url}/v1/query`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${router.key}`,
      'content-type': 'application/json',
      'x-dbsvc-company': 'company_abc',
      'accept-encoding': 'gzip',
      accept: lines,
    },
    body: JSON.stringify({ sql: `select generate_series(1, 100000000), repeat('z', 1000), 424242424` }),
    signal: gone.signal,
  })
  expect(response.headers.get('content-encoding')).toBe('gzip')
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  let text = ''
  while (!text.includes('[1,')) text += new TextDecoder().decode((await reader.read()).value)
  expect(text.length).toBeLessThan(10_000_000)
  gone.abort()
  await expect.poll(() => runningStatements(cluster, '424242424'), { timeout: 10_000 }).toEqual([])
})
