import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose'
import { afterAll } from 'vitest'

/** A key of an issuer, with which it signs. */
export interface IssuerKey {
  readonly kid: string
  readonly alg: string
  readonly privateKey: CryptoKey
  /** As the set of keys has it. */
  readonly jwk: JWK
}

/** An issuer of tokens, with its set of keys behind a real HTTP server. */
export interface Issuer {
  readonly issuer: string
  readonly jwksUrl: string
  /** The set from now on. */
  publish(...keys: readonly IssuerKey[]): void
  /** How often the set was fetched. */
  fetches(): number
  stop(): Promise<void>
}

export const audience = 'dbsvc'

export async function newKey(kid: string, alg = 'ES256'): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

export async function startIssuer(...first: readonly IssuerKey[]): Promise<Issuer> {
  let keys = first
  let fetches = 0
  const server = createServer((_request, response) => {
    fetches += 1
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const stop = async (): Promise<void> => {
    server.closeAllConnections()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  afterAll(stop)
  return {
    issuer,
    jwksUrl: `${issuer}jwks.json`,
    publish(...next) {
      keys = next
    },
    fetches: () => fetches,
    stop,
  }
}

/** Claims that allow everything. */
export const everyClaim = {
  sub: 'ml-processing',
  dbsvc_companies: ['all'],
  dbsvc_engines: 'all',
  dbsvc_verbs: 'read write',
}

/** A token of the issuer that ends in five minutes; claims and header may be others, and `undefined` leaves one out. */
export function tokenOf(
  { issuer }: Pick<Issuer, 'issuer'>,
  { kid, alg, privateKey }: Pick<IssuerKey, 'kid' | 'alg' | 'privateKey'>,
  claims: JWTPayload = {},
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1_000)
  const payload = { iss: issuer, aud: audience, iat: now, exp: now + 300, ...everyClaim, ...claims }
  return new SignJWT(payload).setProtectedHeader({ alg, kid, ...header }).sign(privateKey)
}
