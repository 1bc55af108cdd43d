import { setTimeout as delay } from 'node:timers/promises'
import { Code, ConnectError, createClient } from '@connectrpc/connect'
import { beforeAll, describe, expect, test } from 'vitest'
import { ErrorDetailSchema } from '../../src/server/contract/dbsvc/v1/error_pb.js'
import { QueryService } from '../../src/server/contract/dbsvc/v1/query_pb.js'
import { residentMemory, settledMemory } from '../support/resident-memory.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { grpcClient, transports } from './support/rpc-clients.ts'
import { runningStatements } from './support/running-statements.ts'

let cluster: Cluster
let router: TestRouter

beforeAll(async () => {
  cluster = await createCluster()
  await cluster.dbsvc('tenant', 'set', 'company_abc', '--limit', 'statementTimeoutMs=600000')
  router = await startRouter(cluster)
})

const headersOf = ({ key }: TestRouter) => ({ authorization: `Bearer ${key}`, 'x-dbsvc-company': 'company_abc' })

describe.each(transports)('%s', (_name, transportTo) => {
  test('streams columns, rows and an end', async () => {
    const client = createClient(QueryService, transportTo(router.url))
    const parts = []
    const sql = 'select n, n * 10000000000 as large from generate_series(1, 2500) n'
    for await (const { part } of client.queryStream({ sql }, { headers: headersOf(router) })) parts.push(part)
    expect(parts[0]).toMatchObject({
      case: 'columns',
      value: {
        columns: [
          { name: 'n', type: 'int4' },
          { name: 'large', type: 'int8' },
        ],
      },
    })
    const rows = parts.flatMap((part) => (part.case === 'rows' ? part.value.rows : []))
    expect(rows).toHaveLength(2_500)
    expect(rows.at(-1)?.values.map(({ kind }) => kind.value)).toEqual([2_500n, 25_000_000_000_000n])
    expect(parts.at(-1)).toMatchObject({ case: 'end', value: { rowCount: 2_500n } })
  })

  test('says what goes wrong on the way, with its code', async () => {
    const client = createClient(QueryService, transportTo(router.url))
    let seen = 0
    const sql = 'select 1 / (5000 - n) from generate_series(1, 10000) n'
    const failed = await (async () => {
      for await (const { part } of client.queryStream({ sql }, { headers: headersOf(router) })) {
        if (part.case === 'rows') seen += part.value.rows.length
      }
    })().catch((error: unknown) => ConnectError.from(error))
    expect([failed?.code, failed?.findDetails(ErrorDetailSchema)[0]?.code]).toEqual([Code.InvalidArgument, 'DBS-2004'])
    expect(seen).toBeLessThan(5_000)
  })

  test('a caller that leaves takes the statement with it', async () => {
    const client = createClient(QueryService, transportTo(router.url))
    const sql = `select n, repeat('x', 1000), 987654321 from generate_series(1, 10000000) n`
    for await (const { part } of client.queryStream({ sql }, { headers: headersOf(router) })) {
      if (part.case === 'rows') break
    }
    await expect.poll(() => runningStatements(cluster, '987654321')).toEqual([])
  })
})

test('refuses a caller without a key before a row is read', async () => {
  const client = grpcClient(QueryService, router.url)
  const asked = client.queryStream({ sql: 'select 1', tenant: { companyId: 'company_abc' } })[Symbol.asyncIterator]()
  await expect(asked.next()).rejects.toMatchObject({ code: Code.Unauthenticated })
})

test('passes a result much larger than its memory through at the pace of its reader', async () => {
  // Left to itself, V8 collects no garbage before there is much of it.
  const small = await startRouter(cluster, { env: { NODE_OPTIONS: '--max-old-space-size=100' } })
  const client = grpcClient(QueryService, small.url)
  for (let warm = 0; warm < 20; warm += 1) await client.query({ sql: `select ${warm}` }, { headers: headersOf(small) })
  const before = await settledMemory(small.process.pid)
  const sql = `select n, repeat('x', 10000) from generate_series(1, 40000) n`
  let rows = 0
  let most = 0
  for await (const { part } of client.queryStream({ sql }, { headers: headersOf(small) })) {
    if (part.case !== 'rows') continue
    const due = Math.floor((rows + part.value.rows.length) / 2_000) > Math.floor(rows / 2_000)
    rows += part.value.rows.length
    if (!due) continue
    await delay(100)
    most = Math.max(most, (await residentMemory(small.process.pid)) - before)
  }
  expect(rows).toBe(40_000)
  // Buffered, it would be in there at least once: 400 MiB.
  expect(most).toBeLessThan(300)
}, 300_000)
