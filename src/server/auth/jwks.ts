import { readFile } from 'node:fs/promises'
import { createLocalJWKSet, createRemoteJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import type { Config } from '../../config/schema.ts'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import { createLastKnown } from '../last-known.ts'

type Settings = NonNullable<Config['server']['auth']['jwt']>

// A file that is replaced counts within this time.
const freshFileMs = 5_000

/**
 * Finds the key that a token names, in the issuer's set of keys (JWKS). Of a URL the set is kept for `cacheMs`; a key that is not in it is a
 * reason to fetch it again, once in `cooldownMs`. @throws DBS-2105 the set cannot be had
 */
export async function openJwks({
  jwksUrl,
  jwksFile,
  cacheMs,
  cooldownMs,
  timeoutMs,
}: Settings): Promise<JWTVerifyGetKey> {
  if (jwksFile !== undefined) return openFile(jwksFile)
  const remote = createRemoteJWKSet(new URL(jwksUrl ?? ''), {
    cacheMaxAge: cacheMs,
    cooldownDuration: cooldownMs,
    timeoutDuration: timeoutMs,
  })
  return async (header, token) => {
    try {
      return await remote(header, token)
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error
      if (error instanceof errors.JOSENotSupported) throw error
      throw unavailable(error)
    }
  }
}

async function openFile(file: string): Promise<JWTVerifyGetKey> {
  const sets = createLastKnown({
    load: async () => createLocalJWKSet(JSON.parse(await readFile(file, 'utf8')) as JSONWebKeySet),
    isAnswer: () => false,
    freshMs: freshFileMs,
    waitAfterMs: freshFileMs,
    staleForMs: Number.MAX_SAFE_INTEGER,
    most: 1,
  })
  const get = async () => Promise.resolve(sets.get('')).catch((error: unknown) => Promise.reject(unavailable(error)))
  // Whoever starts the router learns of a wrong file at once.
  await Promise.resolve(sets.get('')).catch((error: unknown) => {
    throw DbsvcError.of('DBS-2105', { reason: reasonOf(error), retryAfterSeconds: 1 }, error)
  })
  return async (header, token) => (await get())(header, token)
}

/** Whoever calls is not told where the set is. */
const unavailable = (error: unknown): DbsvcError =>
  DbsvcError.of('DBS-2105', { reason: 'it does not answer', retryAfterSeconds: 1 }, error)
