import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JWTPayload } from 'jose'
import { beforeAll, expect, test } from 'vitest'
import { runDbsvc } from '../support/dbsvc.ts'
import { audience, type Issuer, type IssuerKey, newKey, startIssuer, tokenOf } from '../support/jwks-server.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'

type Body = { readonly rows?: string[][]; readonly error?: { readonly code: string } }

let cluster: Cluster
let key: IssuerKey
let issuer: Issuer
let router: TestRouter

const settings = (of: Pick<Issuer, 'issuer'>, more: Record<string, string>) => ({
  DBSVC_SERVER_AUTH_JWT_ISSUER: of.issuer,
  DBSVC_SERVER_AUTH_JWT_AUDIENCE: audience,
  DBSVC_SERVER_AUTH_FAILURES_PER_MINUTE: '10000',
  ...more,
})

beforeAll(async () => {
  cluster = await createCluster()
  key = await newKey('first')
  issuer = await startIssuer(key)
  const env = settings(issuer, {
    DBSVC_SERVER_AUTH_JWT_JWKS_URL: issuer.jwksUrl,
    DBSVC_SERVER_AUTH_JWT_COOLDOWN_MS: '1000',
    DBSVC_SERVER_AUTH_JWT_CACHE_MS: '3000',
  })
  router = await startRouter(cluster, { env })
})

/** Status, or the code of the error. */
const outcome = async (token: string, path: string, body: object, headers = {}, of = router) => {
  const answer = await of.post<Body>(path, body, { authorization: `Bearer ${token}`, ...headers })
  return answer.body.error?.code ?? answer.status
}
const read = (token: string, headers = {}, of = router) => outcome(token, '/v1/query', { sql: 'select 1' }, headers, of)
const readWith = async (claims: JWTPayload, headers = {}) => read(await tokenOf(issuer, key, claims), headers)

test('a service calls with a token of the issuer, and others with their keys', async () => {
  const token = await tokenOf(issuer, key)
  expect(await read(token)).toBe(200)
  expect((await router.post('/v1/query', { sql: 'select 1' })).status).toBe(200)
  await router.post('/v1/query', { sql: 'select 1' }, { authorization: `Bearer ${token}`, 'x-request-id': 'by-token' })
  const [line = ''] = await router.process.waitFor(/^.*"request_id":"by-token".*$/m)
  expect(line).toContain('"service":"ml-processing"')
  expect(line).not.toContain(token)
})

test('claims say what it may do, and what they do not grant is not allowed', async () => {
  expect(await readWith({ dbsvc_companies: ['company_abc'] })).toBe(200)
  const other = { 'x-dbsvc-company': 'company_xyz' }
  expect(await readWith({ dbsvc_companies: 'company_abc company_def' }, other)).toBe('DBS-2102')
  for (const claim of ['dbsvc_companies', 'dbsvc_engines', 'dbsvc_verbs']) {
    expect([claim, await readWith({ [claim]: undefined })]).toEqual([claim, 'DBS-2102'])
    expect([claim, await readWith({ [claim]: 7 })]).toEqual([claim, 'DBS-2101'])
  }
  expect(await readWith({ dbsvc_engines: ['clickhouse'] })).toBe('DBS-2102')
  const reader = await tokenOf(issuer, key, { dbsvc_verbs: ['read'] })
  expect(await outcome(reader, '/v1/execute', { sql: 'update users set email = email' })).toBe('DBS-2102')
})

test('a token of a user sees what that user may, whoever the request names', async () => {
  const insert = `insert into users (user_id, email, subscription_tier) values ('u1', 'u1@x', 'free'), ('u2', 'u2@x', 'free')`
  await cluster.as({ company: 'company_abc' }, insert)
  const ask = async (token: string, headers = {}) => {
    const sql = 'select user_id from users order by 1'
    const { body } = await router.post<Body>('/v1/query', { sql }, { authorization: `Bearer ${token}`, ...headers })
    return body.rows?.flat() ?? body.error?.code
  }
  const token = await tokenOf(issuer, key, { dbsvc_user: 'u1' })
  expect(await ask(token)).toEqual(['u1'])
  expect(await ask(token, { 'x-dbsvc-user': 'u1' })).toEqual(['u1'])
  expect(await ask(token, { 'x-dbsvc-user': 'u2' })).toBe('DBS-2102')
  expect(await ask(await tokenOf(issuer, key))).toEqual(['u1', 'u2'])
})

test.each(['RS256', 'PS256', 'ES384', 'EdDSA'])('takes %s', async (alg) => {
  const another = await newKey(`of-${alg}`, alg)
  issuer.publish(key, another)
  const token = await tokenOf(issuer, another)
  await expect.poll(() => read(token), { timeout: 10_000, interval: 300 }).toBe(200)
})

test('follows the issuer to its next key, and leaves the one it has withdrawn', async () => {
  const next = await newKey('next')
  const older = await tokenOf(issuer, key)
  issuer.publish(key, next)
  const token = await tokenOf(issuer, next)
  await expect.poll(() => read(token), { timeout: 10_000, interval: 300 }).toBe(200)
  expect(await read(older)).toBe(200)
  issuer.publish(next)
  await expect.poll(() => read(older), { timeout: 20_000, interval: 300 }).toBe('DBS-2101')
  expect(await read(token)).toBe(200)
  issuer.publish(key, next)
}, 40_000)

test('keys that nobody has make it fetch the set once in a while, not once each', async () => {
  const stranger = await newKey('stranger')
  const before = issuer.fetches()
  const begunAt = performance.now()
  const tokens = await Promise.all(
    Array.from({ length: 50 }, (_, index) => tokenOf(issuer, { ...stranger, kid: `stranger-${index}` })),
  )
  expect(new Set(await Promise.all(tokens.map((token) => read(token))))).toEqual(new Set(['DBS-2101']))
  expect(issuer.fetches() - before).toBeLessThanOrEqual(2 + (performance.now() - begunAt) / 1_000)
})

test('without the set of keys it says that it cannot tell', async () => {
  const gone = await startIssuer()
  await gone.stop()
  const env = settings(gone, { DBSVC_SERVER_AUTH_JWT_JWKS_URL: gone.jwksUrl })
  const blind = await startRouter(cluster, { env })
  const answer = await blind.post<Body>('/v1/query', {}, { authorization: `Bearer ${await tokenOf(gone, key)}` })
  expect([answer.status, answer.body.error?.code]).toEqual([503, 'DBS-2105'])
  expect(JSON.stringify(answer.body)).not.toContain(gone.jwksUrl)
  expect((await blind.post('/v1/query', { sql: 'select 1' })).status).toBe(200)
})

test('the set of keys may be a file, which is read again', async () => {
  const file = join(cluster.project.directory, 'jwks.json')
  const publish = (...keys: IssuerKey[]) => writeFile(file, JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }))
  const [first, second] = [await newKey('a', 'RS256'), await newKey('b', 'RS256')]
  await publish(first)
  const from = { issuer: 'https://issuer.example' }
  const reader = await startRouter(cluster, { env: settings(from, { DBSVC_SERVER_AUTH_JWT_JWKS_FILE: file }) })
  expect(await read(await tokenOf(from, first), {}, reader)).toBe(200)
  expect(await read(await tokenOf(from, second), {}, reader)).toBe('DBS-2101')
  await publish(second)
  const token = await tokenOf(from, second)
  await expect.poll(() => read(token, {}, reader), { timeout: 15_000, interval: 300 }).toBe(200)

  const env = settings(from, { DBSVC_SERVER_AUTH_JWT_JWKS_FILE: `${file}.nowhere` })
  const failed = await runDbsvc(['serve', '--port', '0'], { cwd: cluster.project.directory, env })
  expect([failed.exitCode, failed.stderr]).toEqual([4, expect.stringContaining('DBS-2105')])
}, 40_000)
