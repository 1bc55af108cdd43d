import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { QueryService } from '../../src/server/contract/dbsvc/v1/query_pb.js'
import { numberOf, readMetrics } from '../support/metrics.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { createCluster } from '../support/shipped-cluster.ts'
import { grpcClient } from './support/rpc-clients.ts'

let router: TestRouter
let headers: Record<string, string>

beforeAll(async () => {
  const cluster = await createCluster()
  await cluster.dbsvc('tenant', 'set', 'company_abc', '--limit', 'statementTimeoutMs=60000')
  router = await startRouter(cluster)
  headers = { authorization: `Bearer ${router.key}`, 'x-dbsvc-company': 'company_abc' }
})

const rows = 'dbsvc_streamed_rows_total'
const bytes = 'dbsvc_streamed_bytes_total'
const requests = (outcome: string, category = 'A') =>
  `{operation="query_stream",category="${category}",outcome="${outcome}"}`
const ended = `dbsvc_request_duration_seconds_count${requests('ok')}`
const seconds = `dbsvc_request_duration_seconds_sum${requests('ok')}`

const read = async (series: string): Promise<number> => numberOf(await readMetrics(router), series) || 0
const readAll = () => Promise.all([rows, bytes, ended].map(read))

const byLines = async (sql: string, reader: (chunk: Uint8Array) => Promise<void>): Promise<void> => {
  const response = await fetch(`${router.url}/v1/query`, {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/json',
      accept: 'application/x-ndjson',
      'accept-encoding': 'identity',
    },
    body: JSON.stringify({ sql }),
  })
  for await (const chunk of response.body ?? []) await reader(chunk)
}
const byGrpc = async (sql: string, reader: () => Promise<void>): Promise<void> => {
  for await (const _part of grpcClient(QueryService, router.url).queryStream({ sql }, { headers })) await reader()
}

describe.each([
  ['lines of JSON', byLines],
  ['gRPC', byGrpc],
])('a response in %s', (_name, ask) => {
  test('is counted with its rows, and what their values take in UTF-8', async () => {
    const [rowsBefore = 0, bytesBefore = 0, endedBefore = 0] = await readAll()
    await ask(`select repeat('é', 10), null::text, 'abc' from generate_series(1, 2500)`, async () => {})
    await expect.poll(() => read(ended)).toBe(endedBefore + 1)
    expect(await readAll()).toEqual([rowsBefore + 2_500, bytesBefore + 2_500 * 23, endedBefore + 1])
  })

  test('is counted row by row while it is read, and as a request with all of that time when it ends', async () => {
    const [rowsBefore = 0, , endedBefore = 0] = await readAll()
    const secondsBefore = await read(seconds)
    let paused = false
    // What compresses well would fit into buffers on the way, all of it.
    const text = `(select string_agg(sha512((n * 16 + i)::text::bytea)::text, '') from generate_series(1, 15) i)`
    await ask(`select ${text} from generate_series(1, 30000) n`, async () => {
      if (paused) return
      paused = true
      await delay(700)
      const [rowsNow = 0, , endedNow] = await readAll()
      expect(rowsNow - rowsBefore).toBeGreaterThan(0)
      expect(rowsNow - rowsBefore).toBeLessThan(30_000)
      expect(endedNow).toBe(endedBefore)
    })
    await expect.poll(() => read(ended)).toBe(endedBefore + 1)
    expect((await read(rows)) - rowsBefore).toBe(30_000)
    expect((await read(seconds)) - secondsBefore).toBeGreaterThan(0.7)
  })
})

test('one that goes wrong on the way is a refused request, with the rows that were taken', async () => {
  const series = `dbsvc_request_duration_seconds_count${requests('refused', '')}`
  const before = await Promise.all([rows, series, 'dbsvc_errors_total{code="SQL"}'].map(read))
  await byLines('select 1 / (5000 - n) from generate_series(1, 10000) n', async () => {})
  await expect.poll(() => read(series)).toBe((before[1] ?? 0) + 1)
  expect(await read('dbsvc_errors_total{code="SQL"}')).toBe((before[2] ?? 0) + 1)
  const taken = (await read(rows)) - (before[0] ?? 0)
  expect(taken).toBeGreaterThan(0)
  expect(taken).toBeLessThan(5_000)
})
