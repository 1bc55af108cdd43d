import { ConnectError } from '@connectrpc/connect'
import { beforeAll, expect, test } from 'vitest'
import { ErrorDetailSchema } from '../../src/server/contract/dbsvc/v1/error_pb.js'
import { QueryService } from '../../src/server/contract/dbsvc/v1/query_pb.js'
import { residentMemory } from '../support/resident-memory.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { grpcClient } from './support/rpc-clients.ts'
import { runningStatements } from './support/running-statements.ts'

interface Body {
  readonly rows: readonly unknown[][]
  readonly results: readonly { readonly rows: readonly unknown[][] }[]
  readonly error: { readonly code: string; readonly hint: string; readonly details: { readonly done: boolean } }
}

let cluster: Cluster
let router: TestRouter

beforeAll(async () => {
  cluster = await createCluster()
  await cluster.dbsvc('tenant', 'set', 'company_abc', '--limit', 'statementTimeoutMs=60000')
  const env = {
    DBSVC_SERVER_POOL_RESULT_BYTES: '1000000',
    DBSVC_SERVER_POOL_MAX: '1',
    DBSVC_SERVER_HEALTH_ISOLATION_MS: '0',
  }
  router = await startRouter(cluster, { env })
})

const backend = async () => (await router.post<Body>('/v1/query', { sql: 'select pg_backend_pid()' })).body.rows
const kept = async (like: string) =>
  (await cluster.database.query(`select from tenant_company_abc.users where user_id like '${like}'`)).length

// 10 GB, were it read to its end.
const huge = `select n, repeat('x', 1000) from generate_series(1, 10000000) n`

test('an answer within the limit is given', async () => {
  const { status, body } = await router.post<Body>('/v1/query', { sql: `select repeat('x', 900000)` })
  expect([status, body.rows.length]).toEqual([200, 1])
})

test('a larger one is refused, its statement cancelled, and its connection used again; none of it stays in memory', async () => {
  const before = await backend()
  const memory = await residentMemory(router.process.pid)
  for (let time = 0; time < 3; time += 1) {
    const { status, body } = await router.post<Body>('/v1/query', { sql: huge })
    expect([status, body.error.code, body.error.details.done]).toEqual([422, 'DBS-2413', false])
    expect(body.error.hint).toMatch(/stream/)
    expect(await runningStatements(cluster, 'repeat')).toEqual([])
  }
  expect(await backend()).toEqual(before)
  expect((await residentMemory(router.process.pid)) - memory).toBeLessThan(150)
})

test('over gRPC too', async () => {
  const headers = { authorization: `Bearer ${router.key}`, 'x-dbsvc-company': 'company_abc' }
  const asked = grpcClient(QueryService, router.url).query({ sql: huge }, { headers })
  const refused = await asked.then(String, (error: unknown) => ConnectError.from(error))
  expect(refused).toBeInstanceOf(ConnectError)
  expect((refused as ConnectError).findDetails(ErrorDetailSchema)[0]?.code).toBe('DBS-2413')
})

test('a stream may have any size', async () => {
  const response = await fetch(`${router.url}/v1/query`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${router.key}`,
      'content-type': 'application/json',
      accept: 'application/x-ndjson',
      'x-dbsvc-company': 'company_abc',
    },
    body: JSON.stringify({ sql: huge.replace('10000000', '5000') }),
  })
  const lines = (await response.text()).trim().split('\n')
  expect(lines).toHaveLength(5_002)
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ end: { row_count: 5_000 } })
})

const insert = (prefix: string, count: number) =>
  `insert into users (user_id, email, subscription_tier) select '${prefix}' || n, '${prefix}' || n || '@x', 'free' from generate_series(1, ${count}) n
   returning repeat('y', 1000)`

test('of a write it is said whether it was done', async () => {
  const { status, body } = await router.post<Body>('/v1/execute', { sql: insert('w', 20_000) })
  expect([status, body.error.code]).toEqual([422, 'DBS-2413'])
  expect(await kept('w%')).toBe(body.error.details.done ? 20_000 : 0)
  expect((await router.post('/v1/query', { sql: 'select 1' })).status).toBe(200)
})

test('a batch that returns too much is not done, nor a write with an idempotency key', async () => {
  const statements = [{ sql: insert('a', 1) }, { sql: insert('b', 1_500) }]
  const batch = await router.post<Body>('/v1/batch', { statements })
  expect([batch.status, batch.body.error.code]).toEqual([422, 'DBS-2413'])
  const keyed = await router.post<Body>('/v1/execute', { sql: insert('c', 1_500), idempotency_key: 'large' })
  expect([keyed.status, keyed.body.error.code]).toEqual([422, 'DBS-2413'])
  expect([await kept('a%'), await kept('b%'), await kept('c%')]).toEqual([0, 0, 0])
  const each = statements.map(({ sql }) => ({ sql: sql.replace('1500', '10') }))
  expect(
    (await router.post<Body>('/v1/batch', { statements: each })).body.results.map(({ rows }) => rows.length),
  ).toEqual([1, 10])
})
