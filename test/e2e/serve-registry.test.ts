import { beforeAll, expect, test } from 'vitest'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'

let cluster: Cluster
let router: TestRouter
let engine: string
let bridge: string

beforeAll(async () => {
  cluster = await createCluster()
  const keyOf = async (name: string) =>
    (await cluster.dbsvc('service', 'create', name, '--verb', 'read', 'write', '--json')).json<{ key: string }>().key
  engine = await keyOf('trading-engine')
  bridge = await keyOf('data-bridge')
  router = await startRouter(cluster, { env: { DBSVC_SERVER_REGISTRY_HEARTBEAT_WITHIN_MS: '1500' } })
})

interface Answer {
  readonly services: readonly { readonly service_name: string }[]
  readonly error?: { readonly code: string }
}

const services = '/v1/registry/services'

/** Without a company: the registry belongs to none. */
const send = async (method: string, path: string, key: string, body?: object) => {
  const response = await fetch(`${router.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Answer }
}
const register = (key: string, service: object) => send('POST', services, key, { service })
const row = async (name: string) =>
  (await cluster.database.query('select * from service_registry where service_name = $1', [name]))[0]

test('a service registers, and others find it', async () => {
  const service = {
    service_name: 'trading-engine',
    service_host: '10.0.0.7',
    service_port: 9000,
    health_endpoint: '/health',
    metadata: { zone: 'eu', weight: 2 },
  }
  const { status, body } = await register(engine, service)
  expect(status).toBe(200)
  expect(body).toMatchObject({ service: { ...service, status: 'active' }, heartbeat_within_ms: 1500 })
  expect(await row('trading-engine')).toMatchObject({ ...service, status: 'active' })
  expect((await send('GET', `${services}/trading-engine`, bridge)).body.services).toMatchObject([service])
  await register(bridge, { service_host: 'bridge', service_port: 1 })
  const names = (await send('GET', services, engine)).body.services.map((found) => found.service_name)
  expect(names).toEqual(['data-bridge', 'trading-engine'])
})

test('a service replaces what it said of itself, and speaks for nobody else', async () => {
  await register(engine, { service_host: '10.0.0.8', service_port: 9001, status: 'draining' })
  expect(await row('trading-engine')).toMatchObject({ service_host: '10.0.0.8', status: 'draining', metadata: null })
  const refused = { status: 403, body: { error: { code: 'DBS-2503' } } }
  expect(
    await register(bridge, { service_name: 'trading-engine', service_host: 'evil', service_port: 1 }),
  ).toMatchObject(refused)
  expect(await send('POST', `${services}/trading-engine/heartbeat`, bridge)).toMatchObject(refused)
  expect(await send('DELETE', `${services}/trading-engine`, bridge)).toMatchObject(refused)
  expect(await row('trading-engine')).toMatchObject({ service_host: '10.0.0.8' })
})

test('one that is silent expires, is found only when asked for, and comes back with its next sign of life', async () => {
  await register(engine, { service_host: 'a', service_port: 1 })
  const found = async (query = '') => (await send('GET', `${services}/trading-engine${query}`, bridge)).body
  await expect.poll(async () => (await found()).error?.code, { timeout: 10_000 }).toBe('DBS-2502')
  expect((await found('?include_expired=true')).services).toMatchObject([{ status: 'expired' }])
  // The next one that gives a sign of life says so in the table.
  expect((await send('POST', `${services}/data-bridge/heartbeat`, bridge)).body).toEqual({ heartbeat_within_ms: 1500 })
  expect(await row('trading-engine')).toMatchObject({ status: 'inactive' })
  expect((await send('POST', `${services}/trading-engine/heartbeat`, engine)).status).toBe(200)
  expect((await found()).services).toMatchObject([{ status: 'active' }])
})

test('a service goes, and is not there any more', async () => {
  expect((await send('DELETE', `${services}/trading-engine`, engine)).body).toEqual({ removed: true })
  expect((await send('DELETE', `${services}/trading-engine`, engine)).body).toEqual({ removed: false })
  expect(await row('trading-engine')).toBeUndefined()
  expect(await send('POST', `${services}/trading-engine/heartbeat`, engine)).toMatchObject({
    status: 404,
    body: { error: { code: 'DBS-2502' } },
  })
})

test('refuses what is malformed, and whoever has no key', async () => {
  const good = { service_host: 'a', service_port: 1 }
  for (const service of [
    { ...good, service_port: 0 },
    { ...good, service_port: '80' },
    { ...good, service_host: 'h'.repeat(256) },
    { ...good, service_host: 'a\0b' },
    { ...good, status: 'expired' },
    { ...good, metadata: 'text' },
    { ...good, more: 1 },
    {},
  ])
    expect([service, (await register(engine, service)).body.error?.code]).toEqual([service, 'DBS-2001'])
  expect(await send('GET', services, '')).toMatchObject({ status: 401 })
  expect(await send('GET', services, 'dbk_wrong')).toMatchObject({ status: 401 })
})

test('the registry is used again after its connection was lost', async () => {
  await register(engine, { service_host: 'a', service_port: 1 })
  await cluster.database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like '%serve registry%'`,
  )
  await expect.poll(async () => (await send('GET', services, engine)).status, { timeout: 5_000 }).toBe(200)
})
