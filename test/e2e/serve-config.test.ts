import { beforeAll, expect, test } from 'vitest'
import { grantsWith, startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { type Sent, send } from './support/send.ts'

let cluster: Cluster
let router: TestRouter

beforeAll(async () => {
  cluster = await createCluster()
  router = await startRouter(cluster)
})

const ask = async (method: string, path: string, sent: Sent = {}) => {
  const response = await send(router, method, path, sent)
  const text = await response.text()
  return { status: response.status, text, body: JSON.parse(text) }
}
const put = (key: string, value: string) =>
  ask('PUT', `/v1/config/${encodeURIComponent(key)}`, { body: `{"config_value":${value}}` })

test('sets, gets, lists and deletes what the company alone has', async () => {
  expect((await put('risk.limit', '{"lots":5}')).body.entry).toMatchObject({
    config_key: 'risk.limit',
    config_value: { lots: 5 },
  })
  expect(
    await cluster.as({ company: 'company_abc' }, 'select config_key, config_value from tenant_configurations'),
  ).toMatchObject({
    rows: [{ config_key: 'risk.limit', config_value: { lots: 5 } }],
  })
  expect((await ask('GET', '/v1/config/risk.limit')).body.entry).toMatchObject({
    config_value: { lots: 5 },
    updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
  })
  await put('colour', '"red"')
  const keys = async (query = '') =>
    ((await ask('GET', `/v1/config${query}`)).body.entries as { config_key: string }[]).map((entry) => entry.config_key)
  expect(await keys()).toEqual(['colour', 'risk.limit'])
  expect(await keys('?prefix=risk.')).toEqual(['risk.limit'])
  expect(await keys('?prefix=%25')).toEqual([])
  const other = { headers: { 'x-dbsvc-company': 'company_xyz' } }
  expect((await ask('GET', '/v1/config', other)).body.entries).toEqual([])
  expect((await ask('DELETE', '/v1/config/colour', other)).body).toEqual({ removed: false })
  expect((await ask('DELETE', '/v1/config/colour')).body).toEqual({ removed: true })
  expect(await ask('GET', '/v1/config/colour')).toMatchObject({ status: 404, body: { error: { code: 'DBS-2501' } } })
  expect(await keys()).toEqual(['risk.limit'])
})

test('keeps every digit of a number, and every kind of value', async () => {
  for (const value of [
    '12345678901234567890123456789.000000000000000001',
    '9007199254740993',
    '{"nested": [1.10, {"deep": -0.10}]}',
    'null',
    '""',
    '"ü\\n\\"\\\\"',
    '{"__proto__": 1, "constructor": 2}',
    'false',
  ]) {
    expect((await put('value', value)).status).toBe(200)
    const { text } = await ask('GET', '/v1/config/value')
    const [, found] = /"config_value":(.*),"updated_at"/.exec(text) ?? []
    const same = await cluster.database.query('select $1::jsonb::text = $2::jsonb::text as same', [value, found])
    expect(same).toEqual([{ same: true }])
  }
})

test('refuses what cannot be a key or a value, and says why', async () => {
  const refused = async (method: string, path: string, body?: string) => {
    const answer = await ask(method, path, body === undefined ? {} : { body })
    expect([path, answer.status, answer.body.error?.code]).toEqual([path, 400, 'DBS-2001'])
  }
  await refused('PUT', `/v1/config/${'k'.repeat(101)}`, '{"config_value":1}')
  await refused('PUT', '/v1/config/k%00', '{"config_value":1}')
  await refused('PUT', '/v1/config/k', '{"config_value":"\\u0000"}')
  await refused('PUT', '/v1/config/k', '{}')
  await refused('PUT', '/v1/config/k', '{"config_value":1,"more":2}')
  await refused('PUT', '/v1/config/k', '{"config_value":')
  await refused('PUT', '/v1/config/k', '[1]')
  await refused('PUT', '/v1/config/k', `{"config_value":"${'x'.repeat(1024 * 1024 + 1)}"}`)
  await refused('GET', '/v1/config?prefix=a&prefix=b')
  expect((await put('ü'.repeat(100), '1')).status).toBe(200)
  const hostile = `'; drop table tenant_configurations; --`
  expect((await put(hostile, '1')).status).toBe(200)
  expect((await ask('GET', `/v1/config/${encodeURIComponent(hostile)}`)).body.entry.config_key).toBe(hostile)
})

test('a key that may only read sets nothing', async () => {
  const made = await cluster.dbsvc('service', 'create', 'reader', ...grantsWith('--verb', 'read'), '--json')
  const headers = { authorization: `Bearer ${made.json<{ key: string }>().key}` }
  await expect.poll(async () => (await ask('GET', '/v1/config', { headers })).status, { timeout: 10_000 }).toBe(200)
  const answer = await ask('PUT', '/v1/config/k', { headers, body: '{"config_value":1}' })
  expect(answer).toMatchObject({ status: 403, body: { error: { code: 'DBS-2102' } } })
})

test('is set and removed once by an idempotency key', async () => {
  const set = (value: string, key: string) =>
    ask('PUT', '/v1/config/once', { body: `{"config_value":${value}}`, headers: { 'idempotency-key': key } })
  const first = await set('1', 'config-1')
  expect(first.body.entry).toMatchObject({ config_value: 1 })
  expect((await put('once', '2')).body.entry).toMatchObject({ config_value: 2 })
  // The first one's answer; what was set since stays.
  expect((await set('1', 'config-1')).body.entry).toEqual(first.body.entry)
  expect((await ask('GET', '/v1/config/once')).body.entry).toMatchObject({ config_value: 2 })
  expect(await set('3', 'config-1')).toMatchObject({ status: 422, body: { error: { code: 'DBS-2410' } } })
  const remove = () => ask('DELETE', '/v1/config/once', { headers: { 'idempotency-key': 'config-2' } })
  expect((await remove()).body).toEqual({ removed: true })
  expect((await remove()).body).toEqual({ removed: true })
  expect((await ask('DELETE', '/v1/config/once')).body).toEqual({ removed: false })
})
