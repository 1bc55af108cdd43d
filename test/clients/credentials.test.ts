import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JWTPayload } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AuthenticationFailed, type ClientOptions, MultiDatabaseClient } from '../../clients/typescript/src/index.ts'
import { type Authority, createAuthority, type Issued } from '../support/certificates.ts'
import { describeEngine } from '../support/engines.ts'
import { audience, type Issuer, type IssuerKey, newKey, startIssuer, tokenOf } from '../support/jwks-server.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { installPythonClient, python } from './support/python.ts'

const identity = 'spiffe://example.org/billing'

let directory: string
let cluster: Cluster
let authority: Authority
let own: Issued
let key: IssuerKey
let issuer: Issuer
let router: TestRouter

const write = async (name: string, content: string): Promise<string> => {
  const file = join(directory, name)
  await writeFile(file, content)
  return file
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dbsvc-credentials-'))
  afterAll(() => rm(directory, { recursive: true, force: true }))
  cluster = await createCluster()
  authority = await createAuthority('dbsvc test')
  const server = await authority.issue('router', ['DNS:localhost', 'IP:127.0.0.1'])
  own = await authority.issue('billing', [`URI:${identity}`])
  key = await newKey('first')
  issuer = await startIssuer(key)
  const grants = ['--company', 'company_abc', '--engine', 'postgres', '--verb', 'read']
  await cluster.dbsvc('service', 'create', 'billing', ...grants, '--certificate', identity)
  router = await startRouter(cluster, {
    env: {
      DBSVC_SERVER_TLS_CERT: await write('server.pem', server.cert),
      DBSVC_SERVER_TLS_KEY: await write('server.key', server.key),
      DBSVC_SERVER_TLS_CA: authority.certFile,
      DBSVC_SERVER_TLS_CLIENT_CERTIFICATE: 'request',
      DBSVC_SERVER_AUTH_FAILURES_PER_MINUTE: '1000',
      DBSVC_SERVER_AUTH_JWT_ISSUER: issuer.issuer,
      DBSVC_SERVER_AUTH_JWT_AUDIENCE: audience,
      DBSVC_SERVER_AUTH_JWT_JWKS_URL: issuer.jwksUrl,
      DBSVC_SERVER_AUTH_JWT_CLOCK_TOLERANCE_MS: '0',
    },
  })
})

const client = (options: Partial<ClientOptions>) =>
  new MultiDatabaseClient({
    host: `https://localhost:${router.port}`,
    tenantContext: { company_id: 'company_abc' },
    tls: { ca: authority.cert },
    ...options,
  })

/** Tokens with these claims, one for each call and the last for all after; `calls` counts them. */
function tokens(...claims: readonly JWTPayload[]): { readonly token: () => Promise<string>; calls: number } {
  const source = {
    calls: 0,
    token: () => {
      source.calls += 1
      return tokenOf(issuer, key, claims[Math.min(source.calls, claims.length) - 1])
    },
  }
  return source
}
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds

test('a certificate says who the client is, without a key', async () => {
  const billing = client({ tls: { ca: authority.cert, ...own } })
  expect((await billing.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await expect(billing.execute('delete from users')).rejects.toMatchObject({ code: 'DBS-2102' })
  const other = await authority.issue('billing', ['URI:spiffe://example.org/other'])
  await expect(client({ tls: { ca: authority.cert, ...other } }).query('select 1')).rejects.toBeInstanceOf(
    AuthenticationFailed,
  )
  expect(() => client({})).toThrow(TypeError)
  expect(() => client({ apiKey: router.key, token: () => '' })).toThrow(TypeError)
})

test('a token is asked for once by requests at the same time, and kept', async () => {
  const source = tokens({})
  const asking = client({ token: source.token })
  await Promise.all([asking.query('select 1'), asking.query('select 2'), asking.query('select 3')])
  await asking.forTenant({ company_id: 'company_xyz' }).query('select 1')
  expect(source.calls).toBe(1)
})

test('it is asked for anew shortly before it ends, and the old one serves while none can be had', async () => {
  let fails = false
  const exp = inSeconds(12)
  const source = tokens({ exp }, {})
  const asking = client({
    token: () => {
      if (fails) throw new Error('the issuer is away')
      return source.token()
    },
  })
  await asking.query('select 1')
  await asking.query('select 1')
  expect(source.calls).toBe(1)
  fails = true
  // A quarter of 12 s before its end it is asked for; it serves until then.
  await expect.poll(() => exp * 1_000 - Date.now(), { interval: 20 }).toBeLessThan(2_500)
  await asking.query('select 1')
  fails = false
  await asking.query('select 1')
  expect(source.calls).toBe(2)
})

test('a token that is refused is replaced once, for reads, writes and streams', async () => {
  const revoked = { aud: 'another' }
  for (const ask of [
    (asking: MultiDatabaseClient) => asking.query('select 1'),
    (asking: MultiDatabaseClient) => asking.execute('delete from users'),
    (asking: MultiDatabaseClient) => asking.ingest('users', ['user_id'], []),
    (asking: MultiDatabaseClient) => asking.stream('select 1').next(),
  ]) {
    const good = tokens(revoked, {})
    await ask(client({ token: good.token }))
    expect(good.calls).toBe(2)
    const bad = tokens(revoked)
    await expect(ask(client({ token: bad.token }))).rejects.toBeInstanceOf(AuthenticationFailed)
    expect(bad.calls).toBe(2)
  }
})

test('rows that are made once are not sent with another token', async () => {
  async function* users() {
    yield ['token-1', 'token-1@example.org', 'free']
  }
  const source = tokens({ aud: 'another' }, {})
  const columns = ['user_id', 'email', 'subscription_tier']
  const asking = client({ token: source.token })
  await expect(asking.ingest('users', columns, users())).rejects.toBeInstanceOf(AuthenticationFailed)
  expect(await asking.ingest('users', columns, users())).toMatchObject({ inserted: 1 })
  expect(source.calls).toBe(2)
})

test('no token is an error of its own, within the deadline', async () => {
  const failing = client({ token: () => Promise.reject(new Error('the issuer is away')) })
  await expect(failing.query('select 1')).rejects.toMatchObject({
    name: 'AuthenticationFailed',
    cause: { message: 'the issuer is away' },
  })
  const silent = client({ token: () => new Promise(() => {}) })
  await expect(silent.query('select 1', [], { timeoutMs: 300 })).rejects.toMatchObject({ name: 'DeadlineExceeded' })
})

describeEngine('python', 'from Python', () => {
  test('the same', async () => {
    const refused = await tokenOf(issuer, key, { aud: 'another' })
    const { exitCode, output } = await python(['-W', 'error', '-m', 'unittest', '-v', 'test_credentials'], {
      PYTHONPATH: `${await installPythonClient()}:tests`,
      DBSVC_TEST_HOST: `https://localhost:${router.port}`,
      DBSVC_TEST_COMPANY: 'company_abc',
      DBSVC_TEST_OTHER_COMPANY: 'company_xyz',
      DBSVC_TEST_CA: authority.certFile,
      DBSVC_TEST_CERT: await write('own.pem', own.cert),
      DBSVC_TEST_CERT_KEY: await write('own.key', own.key),
      DBSVC_TEST_TOKEN: await tokenOf(issuer, key),
      DBSVC_TEST_SHORT_TOKEN: await tokenOf(issuer, key, { exp: inSeconds(40) }),
      DBSVC_TEST_REFUSED_TOKEN: refused,
    })
    expect({ exitCode, output }).toMatchObject({ exitCode: 0, output: expect.stringMatching(/^Ran 6 tests/m) })
  }, 120_000)
})
