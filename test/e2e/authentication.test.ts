import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { grantsWith, startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { startWireProxy, type WireProxy } from '../support/wire-proxy.ts'

type Body = { readonly error?: { readonly code: string; readonly message: string } }

let cluster: Cluster
let proxy: WireProxy
let router: TestRouter

beforeAll(async () => {
  cluster = await createCluster()
  proxy = await startWireProxy(cluster.database)
  const env = {
    DBSVC_POSTGRES_PORT: String(proxy.port),
    DBSVC_SERVER_AUTH_FAILURES_PER_MINUTE: '5',
    DBSVC_SERVER_AUTH_STALE_FOR_MS: '4000',
  }
  router = await startRouter(cluster, { env })
})
afterAll(() => proxy.close())

const newKey = () => `dbk_${randomBytes(32).toString('base64url')}`
const ask = (key: string, headers = {}) =>
  router.post<Body>('/v1/query', { sql: 'select 1' }, { authorization: `Bearer ${key}`, ...headers })
const failures = (reason: string) =>
  cluster.database.query<{ attempts: number; source: string; credential: string }>(
    `select sum(attempts)::int as attempts, source, credential from dbsvc.authentication_failures
     where reason = $1 group by source, credential`,
    [reason],
  )

/** Status of a request from another address of this machine. */
const askFrom = (localAddress: string, key: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'x-dbsvc-company': 'company_abc',
    }
    const asked = request(`${router.url}/v1/query`, { method: 'POST', localAddress, headers }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode))
    })
    asked.on('error', reject).end('{"sql": "select 1"}')
  })

/** The first line of what is answered to these bytes, of which no more will come. */
const answerTo = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(router.port, '127.0.0.1', () => socket.write(bytes))
    socket.once('data', (chunk) => {
      resolve(chunk.toString('latin1').split('\r\n', 1)[0] ?? '')
      socket.destroy()
    })
    socket.on('error', reject)
  })

test('who has not shown who he is makes the router read no message', async () => {
  const post = (path: string) => `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`
  expect(await answerTo(`${post('/v1/query')}content-length: 16000000\r\n\r\n{"sql":`)).toContain(' 401 ')
  expect(await answerTo(`${post('/v1/nothing')}content-length: 16000000\r\n\r\n{"sql":`)).toContain(' 404 ')
  const large = `${post('/v1/query')}authorization: Bearer ${router.key}\r\ncontent-length: 17000000\r\n\r\n{"sql":`
  expect(await answerTo(large)).toContain(' 413 ')
})

test('failed attempts are told to wait, are audited in one row, and keep no right key out', async () => {
  const wrong = newKey()
  const answers = await Promise.all(Array.from({ length: 40 }, () => ask(wrong)))
  const limited = answers.filter(({ status }) => status === 429)
  expect(answers.every(({ status }) => status === 401 || status === 429)).toBe(true)
  expect(limited.length).toBeGreaterThanOrEqual(35)
  expect(limited.at(-1)?.body.error?.code).toBe('DBS-2103')
  const seconds = Number(limited.at(-1)?.headers.get('retry-after'))
  expect(seconds).toBeGreaterThanOrEqual(1)
  expect(seconds).toBeLessThanOrEqual(12)

  expect((await ask(router.key)).status).toBe(200)
  expect([await askFrom('127.0.0.2', router.key), await askFrom('127.0.0.2', wrong)]).toEqual([200, 401])
  const both = [
    { attempts: 40, source: '127.0.0.1', credential: '' },
    { attempts: 1, source: '127.0.0.2', credential: '' },
  ]
  await expect.poll(() => failures('unknown'), { timeout: 10_000 }).toEqual(expect.arrayContaining(both))
  const [log = ''] = await router.process.waitFor(/[\s\S]*/)
  // One line for each minute that the attempts fell into.
  expect(log.match(/"source":"127\.0\.0\.1","reason":"unknown".*"auth\.failed"/g)?.length).toBeLessThanOrEqual(2)
  expect(log).not.toContain(wrong)
})

test('a key is taken as soon as it is made; one that is known and refused is named in the audit alone', async () => {
  const made = await cluster.dbsvc('service', 'create', 'lost', ...grantsWith(), '--json')
  const { key, keyId } = made.json<{ key: string; keyId: string }>()
  await expect.poll(async () => (await ask(key)).status, { timeout: 3_000 }).toBe(200)
  await cluster.dbsvc('service', 'revoke', keyId)
  const refused = async () => (await ask(key)).status !== 200
  await expect.poll(refused, { timeout: 10_000, interval: 200 }).toBe(true)
  await expect
    .poll(() => failures('revoked'), { timeout: 10_000 })
    .toContainEqual(expect.objectContaining({ credential: keyId }))
})

test('403 is for who is known and may not; without PostgreSQL who was known is for a time, then 503 says so', async () => {
  expect((await ask(router.key, { 'x-dbsvc-company': 'company_nobody' })).status).toBe(404)
  const args = ['service', 'create', 'narrow', ...grantsWith('--company', 'company_xyz')]
  const { key } = (await cluster.dbsvc(...args, '--json')).json<{ key: string }>()
  await expect.poll(async () => (await ask(key)).body.error?.code, { timeout: 10_000 }).toBe('DBS-2102')
  const cached = () =>
    router
      .post<Body>('/v1/query', { sql: 'select 7', cache: { mode: 'on', ttl_ms: 60_000 } })
      .then(({ status }) => status)
  expect(await cached()).toBe(200)

  proxy.cut()
  const cutAt = performance.now()
  while (performance.now() - cutAt < 3_000) expect(await cached()).toBe(200)
  const lost = async () => (await ask(router.key)).body.error
  await expect.poll(async () => (await lost())?.code, { timeout: 15_000 }).toBe('DBS-2104')
  const answer = await ask(router.key)
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
  expect(answer.body.error?.message).not.toMatch(/127\.0\.0\.1|\d{4}/)
  // At last not even a wrong key is told so: there is nothing to judge it by.
  await expect.poll(async () => (await ask(newKey())).status, { timeout: 15_000 }).toBe(503)
}, 60_000)
