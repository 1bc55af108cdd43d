import { request } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { Code, ConnectError, createClient } from '@connectrpc/connect'
import { beforeAll, describe, expect, test } from 'vitest'
import { ConfigService } from '../../src/server/contract/dbsvc/v1/config_pb.js'
import { ErrorDetailSchema } from '../../src/server/contract/dbsvc/v1/error_pb.js'
import { QueryService, ResponseInfo_Source } from '../../src/server/contract/dbsvc/v1/query_pb.js'
import { RegistryService } from '../../src/server/contract/dbsvc/v1/registry_pb.js'
import { Category, Engine } from '../../src/server/contract/dbsvc/v1/value_pb.js'
import { grantsWith, startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { holdStatement, letWait } from './support/held-statement.ts'
import { grpcClient, transports } from './support/rpc-clients.ts'

let cluster: Cluster
let router: TestRouter
let headers: Record<string, string>

beforeAll(async () => {
  cluster = await createCluster()
  await letWait(cluster)
  // The attempts of hidden companies take connections of the same pool, and may have the warm one when a read comes.
  router = await startRouter(cluster, { env: { DBSVC_SERVER_HEALTH_ISOLATION_MS: '0' } })
  headers = { authorization: `Bearer ${router.key}`, 'x-dbsvc-company': 'company_abc' }
})

const text = (value: string) => ({ kind: { case: 'textValue', value } }) as const
const failure = (asked: Promise<unknown>): Promise<ConnectError> =>
  asked.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: unknown) => ConnectError.from(error),
  )
const detailOf = (error: ConnectError) => error.findDetails(ErrorDetailSchema)[0]
const running = (mark: string) =>
  cluster.database.query(
    `select from pg_stat_activity where state = 'active' and query like '%${mark}%' and pid <> pg_backend_pid()`,
  )

describe.each(transports)('%s', (name, transportTo) => {
  const user = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')

  test('writes and reads rows of a company', async () => {
    const client = createClient(QueryService, transportTo(router.url))
    const written = await client.execute(
      {
        sql: 'insert into users (user_id, email, subscription_tier) values ($1, $2, $3)',
        params: [text(user), text(`${user}@example.org`), text('pro')],
      },
      { headers },
    )
    expect(written).toMatchObject({ command: 'INSERT', rowCount: 1n })
    const table = 'tenant_company_abc.users'
    expect(await cluster.database.query(`select email from ${table} where user_id = $1`, [user])).toEqual([
      { email: `${user}@example.org` },
    ])
    const read = await client.query(
      { sql: 'select email, 9007199254740993 as large from users where user_id = $1', params: [text(user)] },
      { headers: { ...headers, 'x-request-id': 'trade-17' } },
    )
    expect(read.columns).toMatchObject([
      { name: 'email', type: 'varchar' },
      { name: 'large', type: 'int8' },
    ])
    expect(read.rows.map(({ values }) => values.map(({ kind }) => kind.value))).toEqual([
      [`${user}@example.org`, 9_007_199_254_740_993n],
    ])
    expect(read.info).toMatchObject({
      requestId: 'trade-17',
      database: Engine.POSTGRESQL,
      category: Category.A,
      source: ResponseInfo_Source.DIRECT_CONNECTION,
    })
  })

  test('tells what is wrong, with its code', async () => {
    const client = createClient(QueryService, transportTo(router.url))
    const ask = (more: Record<string, string>, sql = 'select 1') =>
      failure(client.query({ sql }, { headers: { ...headers, ...more } }))
    const unknown = await ask({ authorization: `Bearer dbk_${'x'.repeat(43)}` })
    expect([unknown.code, detailOf(unknown)?.code]).toEqual([Code.Unauthenticated, 'DBS-2101'])
    const none = await ask({ 'x-dbsvc-company': 'company_none', 'x-request-id': 'trade-18' })
    expect([none.code, detailOf(none)]).toMatchObject([Code.NotFound, { code: 'DBS-1203', requestId: 'trade-18' }])
    const statement = await ask({}, 'select nothing from users')
    expect(statement.code).toBe(Code.InvalidArgument)
    expect(JSON.parse(detailOf(statement)?.detailsJson ?? '')).toMatchObject({ sqlState: '42703' })
    expect((await ask({}, 'delete from users')).code).toBe(Code.PermissionDenied)
  })

  test('takes its statement with it when it is given up, or late', async () => {
    const client = createClient(QueryService, transportTo(router.url))
    const slow = (mark: string) => ({ sql: `select count(*) from generate_series(1, ${mark})` })
    const mark = `987654${name.length}321`
    const gone = new AbortController()
    const asked = failure(client.query(slow(mark), { headers, signal: gone.signal }))
    await expect.poll(() => running(mark), { timeout: 10_000 }).toHaveLength(1)
    gone.abort()
    expect((await asked).code).toBe(Code.Canceled)
    await expect.poll(() => running(mark), { timeout: 10_000 }).toEqual([])
    const late = await failure(client.query(slow(`${mark}1`), { headers, timeoutMs: 300 }))
    expect(late.code).toBe(Code.DeadlineExceeded)
    await expect.poll(() => running(`${mark}1`), { timeout: 10_000 }).toEqual([])
  })
})

test('a key is for its companies alone, whoever names the company', async () => {
  const made = await cluster.dbsvc('service', 'create', 'reports', ...grantsWith('--company', 'company_xyz'), '--json')
  const authorization = `Bearer ${made.json<{ key: string }>().key}`
  const client = grpcClient(QueryService, router.url)
  const ask = (companyId: string, more = {}) =>
    client.query({ sql: 'select 1', tenant: { companyId } }, { headers: { authorization, ...more } })
  await expect.poll(() => ask('company_xyz').then(({ rowCount }) => rowCount, String), { timeout: 10_000 }).toBe(1n)
  const other = await failure(ask('company_abc'))
  expect([other.code, detailOf(other)?.code]).toEqual([Code.PermissionDenied, 'DBS-2102'])
  const torn = await failure(ask('company_xyz', { 'x-dbsvc-company': 'company_abc' }))
  expect([torn.code, detailOf(torn)?.code]).toEqual([Code.InvalidArgument, 'DBS-2001'])
})

test('keeps every kind of value without loss, there and back', async () => {
  const client = grpcClient(QueryService, router.url)
  const kinds = [
    ['bool', { case: 'boolValue', value: true }],
    ['int8', { case: 'intValue', value: -9_223_372_036_854_775_808n }],
    ['float8', { case: 'doubleValue', value: 0.1 }],
    ['float8', { case: 'doubleValue', value: Number.NEGATIVE_INFINITY }],
    ['text', { case: 'textValue', value: 'grün\n"\\{}' }],
    ['bytea', { case: 'bytesValue', value: new Uint8Array([0, 255, 10]) }],
    ['numeric', { case: 'numericValue', value: '123456789012345678901234567890.1200' }],
    ['timestamptz', { case: 'timeValue', value: '2026-01-02T03:04:05.678901Z' }],
    ['timestamp', { case: 'timeValue', value: '2026-01-02T03:04:05.1' }],
    ['date', { case: 'timeValue', value: '2026-01-02' }],
    ['interval', { case: 'intervalValue', value: 'P1Y2M-3DT4H5M6.789S' }],
    ['jsonb', { case: 'jsonValue', value: '{"a": [1, 1.10]}' }],
    ['text[]', { case: 'listValue', value: { values: [text('a,"b"'), {}, text('NULL')] } }],
    ['int8[]', { case: 'listValue', value: { values: [{ kind: { case: 'intValue', value: 5n } }] } }],
  ] as const
  const sql = `select ${kinds.map(([type], at) => `$${at + 1}::${type}`).join(', ')}, $${kinds.length + 1}::text`
  const params = [...kinds.map(([, kind]) => ({ kind })), {}]
  const { rows } = await client.query({ sql, params: params as never }, { headers })
  const [row] = rows
  expect(row?.values.slice(0, -1).map(({ kind }) => kind)).toMatchObject(kinds.map(([, kind]) => kind))
  expect(row?.values.at(-1)?.kind.case).toBeUndefined()
})

test('runs a batch whole or not at all', async () => {
  const client = grpcClient(QueryService, router.url)
  const insert = (key: string) => ({
    sql: 'insert into users (user_id, email, subscription_tier) values ($1, $2, $3) returning user_id',
    params: [text(key), text(`${key}@example.org`), text('free')],
  })
  const { results } = await client.batch({ statements: [insert('batch-1'), insert('batch-2')] }, { headers })
  expect(results.map(({ rowCount }) => rowCount)).toEqual([1n, 1n])
  const twice = await failure(client.batch({ statements: [insert('batch-3'), insert('batch-1')] }, { headers }))
  expect(twice.code).toBe(Code.AlreadyExists)
  const kept = `select user_id from tenant_company_abc.users where user_id like 'batch-%' order by 1`
  expect(await cluster.database.query(kept)).toEqual([{ user_id: 'batch-1' }, { user_id: 'batch-2' }])
})

test('explains a statement, and does a write with an idempotency key once', async () => {
  const client = grpcClient(QueryService, router.url)
  const { planJson } = await client.explain({ sql: 'select * from users' }, { headers })
  expect(planJson).toContain('users')
  const write = {
    sql: `insert into users (user_id, email, subscription_tier) values ('once', 'once@x', 'free') returning created_at`,
    idempotencyKey: 'once',
  }
  const first = await client.execute(write, { headers })
  expect((await client.execute(write, { headers })).rows).toEqual(first.rows)
  const other = { ...write, sql: write.sql.replaceAll('once', 'twice') }
  expect((await failure(client.execute(other, { headers }))).code).toBe(Code.FailedPrecondition)
})

test('keeps configuration of a company, and tells who offers what', async () => {
  const config = grpcClient(ConfigService, router.url)
  const entry = { configKey: 'risk.limit', configValue: '{"max": 1.50}' }
  expect((await config.setConfig(entry, { headers })).entry).toMatchObject(entry)
  const stored = `select company_id, config_value::text from tenant_configurations where config_key = 'risk.limit'`
  expect(await cluster.database.query(stored)).toEqual([{ company_id: 'company_abc', config_value: '{"max": 1.50}' }])
  expect((await config.getConfig({ configKey: 'risk.limit' }, { headers })).entry).toMatchObject(entry)
  expect((await config.listConfig({ prefix: 'risk.' }, { headers })).entries).toHaveLength(1)
  expect(await config.unsetConfig({ configKey: 'risk.limit' }, { headers })).toMatchObject({ removed: true })
  expect((await failure(config.getConfig({ configKey: 'risk.limit' }, { headers }))).code).toBe(Code.NotFound)
  expect(await cluster.database.query(stored)).toEqual([])

  const registry = grpcClient(RegistryService, router.url)
  const service = { serviceHost: '10.1.2.3', servicePort: 9_000, metadata: '{"zone": "a"}' }
  const registered = await registry.register({ service }, { headers })
  expect(registered).toMatchObject({ heartbeatWithinMs: 30_000, service: { ...service, status: 'active' } })
  const serviceName = registered.service?.serviceName ?? ''
  const row = `select host(service_host::inet) as host from service_registry where service_name = $1`
  expect(await cluster.database.query(row, [serviceName])).toEqual([{ host: '10.1.2.3' }])
  expect(await registry.heartbeat({ serviceName }, { headers })).toMatchObject({ heartbeatWithinMs: 30_000 })
  expect((await registry.lookup({ serviceName }, { headers })).services).toMatchObject([{ serviceName }])
  expect(await registry.deregister({ serviceName }, { headers })).toMatchObject({ removed: true })
  expect(await cluster.database.query(row, [serviceName])).toEqual([])
  expect((await failure(registry.register({ service: { serviceHost: '', servicePort: 0 } }, { headers }))).code).toBe(
    Code.InvalidArgument,
  )
})

test('serves JSON over HTTP/2 on the same port', async () => {
  const session = connectHttp2(router.url)
  const stream = session.request({
    ':method': 'POST',
    ':path': '/v1/query',
    'content-type': 'application/json',
    ...headers,
  })
  stream.end(JSON.stringify({ sql: `select current_setting('app.current_company_id')` }))
  let body = ''
  for await (const chunk of stream.setEncoding('utf8')) body += chunk
  session.close()
  expect(JSON.parse(body)).toMatchObject({ rows: [['company_abc']] })
})

test('finds out who calls before the message has come', async () => {
  const session = connectHttp2(router.url)
  const own = { ...headers, authorization: `Bearer dbk_${'x'.repeat(43)}`, 'content-type': 'application/proto' }
  const stream = session.request({ ':method': 'POST', ':path': '/dbsvc.v1.QueryService/Query', ...own })
  stream.on('error', () => {})
  // Its end is never sent.
  stream.write('nothing')
  const told = await new Promise((resolve) => stream.on('response', (given) => resolve(given[':status'])))
  session.destroy()
  expect(told).toBe(401)
})

test('outlives a request for a host that cannot be', async () => {
  const status = await new Promise((resolve, reject) => {
    const path = '/dbsvc.v1.QueryService/Query'
    const asked = request(router.url, {
      method: 'POST',
      path,
      headers: { host: '[', 'content-type': 'application/proto' },
    })
    asked
      .on('response', (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end()
  })
  expect(status).toBe(400)
  expect((await router.post('/v1/query', { sql: 'select 1' })).status).toBe(200)
})

test('finishes what is under way when it is stopped, over HTTP/2 too', async () => {
  const stopping = await startRouter(cluster)
  const client = grpcClient(QueryService, stopping.url)
  const own = { ...headers, authorization: `Bearer ${stopping.key}` }
  const { sql, release } = await holdStatement(cluster, 'under way')
  const asked = client.query({ sql }, { headers: own })
  await expect.poll(() => running('under way'), { interval: 20 }).toHaveLength(1)
  stopping.process.kill('SIGTERM')
  await expect.poll(() => fetch(`${stopping.url}/livez`).catch(() => null)).toBeNull()
  await release()
  expect((await asked).rowCount).toBe(1n)
  expect((await stopping.process.exited).exitCode).toBe(0)
})
