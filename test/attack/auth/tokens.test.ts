import { createHmac } from 'node:crypto'
import { CompactSign, type CryptoKey, exportSPKI, importJWK, jwtVerify, SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, expect, test } from 'vitest'
import { configSchema } from '../../../src/config/schema.ts'
import { openJwks } from '../../../src/server/auth/jwks.ts'
import { openJwtCredentials } from '../../../src/server/auth/jwt-credentials.ts'
import {
  audience,
  everyClaim,
  type Issuer,
  type IssuerKey,
  newKey,
  startIssuer,
  tokenOf,
} from '../../support/jwks-server.ts'

type Settings = NonNullable<ReturnType<typeof settingsOf>>

let key: IssuerKey
let issuer: Issuer

beforeAll(async () => {
  key = await newKey('first', 'RS256')
  issuer = await startIssuer(key)
})

function settingsOf(more: object = {}) {
  const jwt = { issuer: issuer.issuer, audience, jwksUrl: issuer.jwksUrl, ...more }
  return configSchema.parse({ server: { auth: { jwt } } }).server.auth.jwt
}

/** Whom the router takes the token's bearer for, or why it refuses. */
async function judge(token: string, more: object = {}): Promise<string> {
  const settings = settingsOf(more) as Settings
  const caller = { requestId: 'r', address: '127.0.0.1', certificate: undefined, arrivedAt: 0 }
  const credentials = openJwtCredentials(settings, await openJwks(settings))
  const verdict = await credentials.judge({
    ...caller,
    authorization: { bearer: token, flaw: null },
    signal: new AbortController().signal,
  })
  if (verdict === undefined) return 'no token'
  return 'refused' in verdict ? verdict.refused : verdict.name
}

const seconds = (fromNow: number) => Math.floor(Date.now() / 1_000) + fromNow
const publicKey = async () => importJWK(key.jwk, 'RS256') as Promise<CryptoKey>
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

test('the honest token beside them is taken', async () => {
  expect(await judge(await tokenOf(issuer, key))).toBe('ml-processing')
})

test.each(['none', 'None', 'NONE', 'nOnE'])('a token that says it needs no signature: alg %s', async (alg) => {
  const claims = { ...everyClaim, iss: issuer.issuer, aud: audience, exp: seconds(300) }
  // Whoever takes unsigned tokens takes this one.
  if (alg === 'none') expect(UnsecuredJWT.decode(new UnsecuredJWT(claims).encode()).payload).toMatchObject(everyClaim)
  for (const signature of ['', 'AAAA']) {
    expect(['no token', 'algorithm']).toContain(await judge(`${base64({ alg })}.${base64(claims)}.${signature}`))
  }
})

test('a token signed with the public key as if it were a secret', async () => {
  const pem = await exportSPKI(await publicKey())
  for (const secret of [pem, pem.trimEnd(), JSON.stringify(key.jwk), key.jwk.n ?? '']) {
    const bytes = Buffer.from(secret)
    const forged = await new SignJWT({ ...everyClaim, iss: issuer.issuer, aud: audience, exp: seconds(300) })
      .setProtectedHeader({ alg: 'HS256', kid: key.kid })
      .sign(bytes)
    // Whoever lets the token choose the algorithm takes it.
    expect((await jwtVerify(forged, bytes)).payload.sub).toBe(everyClaim.sub)
    expect(await judge(forged)).toBe('algorithm')
  }
})

test('no symmetric algorithm can be configured', () => {
  for (const alg of ['HS256', 'HS384', 'HS512', 'none', 'dir'])
    expect(() => settingsOf({ algorithms: [alg] })).toThrow()
})

test.each([
  '../../../../dev/null',
  "first' or '1'='1",
  'first\0',
  '/etc/passwd',
  'http://127.0.0.1:1/jwks.json',
  '__proto__',
  'constructor',
  'f'.repeat(2_000),
  '',
])('a key id that is meant to lead elsewhere: %j', async (kid) => {
  const attacker = await newKey(kid, 'RS256')
  expect(await judge(await tokenOf(issuer, attacker))).toBe('unknown')
  // With that key in the set, such an id is a name like any other.
  const theirs = await startIssuer({ ...attacker, kid: kid === '' ? 'x' : kid, jwk: { ...attacker.jwk, kid } })
  if (kid === '') return
  const settings = { issuer: issuer.issuer, jwksUrl: theirs.jwksUrl }
  expect(await judge(await tokenOf(issuer, attacker), settings)).toBe('ml-processing')
})

test('a token that brings its own key, or says where one is', async () => {
  const attacker = await newKey('first', 'RS256')
  const theirs = await startIssuer(attacker)
  for (const header of [
    { jwk: attacker.jwk },
    { jku: theirs.jwksUrl },
    { x5u: theirs.jwksUrl },
    { jwk: attacker.jwk, jku: theirs.jwksUrl },
  ]) {
    expect(await judge(await tokenOf(issuer, attacker, {}, header))).toBe('signature')
  }
  expect(theirs.fetches()).toBe(0)
  expect(await judge(await tokenOf(issuer, key, {}, { jku: theirs.jwksUrl }))).toBe('ml-processing')
})

test('a token with a header that the router does not understand and must', async () => {
  expect(await judge(await tokenOf(issuer, key, {}, { crit: ['b64'], b64: true }))).not.toBe('unknown')
  const claims = Buffer.from(JSON.stringify({ ...everyClaim, iss: issuer.issuer, aud: audience, exp: seconds(300) }))
  const header = { alg: key.alg, kid: key.kid, crit: ['http://example.org/x'], 'http://example.org/x': 1 }
  const signer = new CompactSign(claims).setProtectedHeader(header)
  const forged = await signer.sign(key.privateKey, { crit: { 'http://example.org/x': true } })
  expect(await judge(forged)).toBe('malformed')
})

test.each([
  ['expired', { exp: () => seconds(-30) }, 'expired', { clockToleranceMs: 60_000 }],
  ['for later', { nbf: () => seconds(30) }, 'early', { clockToleranceMs: 60_000 }],
  ['issued in the future', { iat: () => seconds(30) }, 'early', { clockToleranceMs: 60_000 }],
  ['of another issuer', { iss: () => 'https://evil.example/' }, 'claims', { issuer: 'https://evil.example/' }],
  ['for another audience', { aud: () => 'billing' }, 'claims', { audience: 'billing' }],
  ['for others too, but not for this', { aud: () => ['billing', 'dbsvc2'] }, 'claims', { audience: 'dbsvc2' }],
  ['that lives too long', { exp: () => seconds(90_000) }, 'lifetime', { longestLifeMs: 86_400_000 * 7 }],
])('a token %s', async (_what, claims, reason, removed) => {
  const made = Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, (value as () => unknown)()]))
  const token = await tokenOf(issuer, key, made)
  expect(await judge(token)).toBe(reason)
  expect(await judge(token, removed)).toBe('ml-processing')
})

test('a token without an end, an issuer, an audience or a service', async () => {
  for (const claim of ['exp', 'iss', 'aud', 'sub']) {
    expect([claim, await judge(await tokenOf(issuer, key, { [claim]: undefined }))]).toEqual([claim, 'claims'])
  }
  for (const sub of ['', 'a b', 'x\n', 'x"}', 'é', 'x'.repeat(129)]) {
    expect([sub, await judge(await tokenOf(issuer, key, { sub }))]).toEqual([sub, 'claims'])
  }
})

test('a token that was changed after it was signed', async () => {
  const [header = '', payload = '', signature = ''] = (await tokenOf(issuer, key, { dbsvc_companies: [] })).split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
  const widened = base64({ ...claims, dbsvc_companies: ['all'] })
  expect(await judge(`${header}.${widened}.${signature}`)).toBe('signature')
  expect(await judge(`${header}.${payload}.${signature.slice(0, -4)}`)).toBe('signature')
  expect(await judge(`${header}.${payload}.${signature}.`)).toBe('no token')
  expect(await judge(`${header}.${payload}.${signature}`)).toBe('ml-processing')
})

test('a signature made for something else with the same key', async () => {
  const hmac = createHmac('sha256', 'x').update('x').digest('base64url')
  const [header = '', payload = ''] = (await tokenOf(issuer, key)).split('.')
  expect(await judge(`${header}.${payload}.${hmac}`)).toBe('signature')
})

test('words that mean everything elsewhere grant nothing', async () => {
  const settings = settingsOf() as Settings
  const credentials = openJwtCredentials(settings, await openJwks(settings))
  const token = await tokenOf(issuer, key, {
    dbsvc_companies: ['*', '%', 'ALL', 'company_abc,company_xyz'],
    dbsvc_verbs: 'admin',
  })
  const caller = { requestId: 'r', address: '127.0.0.1', certificate: undefined, arrivedAt: 0 }
  const verdict = await credentials.judge({
    ...caller,
    authorization: { bearer: token, flaw: null },
    signal: new AbortController().signal,
  })
  expect(verdict).toMatchObject({ grants: { companies: new Set(), verbs: new Set() } })
})
