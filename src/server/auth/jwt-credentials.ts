import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Config } from '../../config/schema.ts'
import { digestOf } from '../../core/service/api-key.ts'
import type { CredentialKind, RefusalReason, Verdict } from './credential.ts'
import type { ServiceIdentity } from './identity.ts'
import { identityOfClaims } from './jwt-claims.ts'

type Settings = NonNullable<Config['server']['auth']['jwt']>

const shape = /^[\w-]+\.[\w-]+\.[\w-]+$/
// A header line has 16 KiB at most; no issuer's token is half as long.
const longestToken = 8_192
// A key that the issuer has withdrawn counts for so long still, with tokens that were verified by it.
const rememberMs = 5_000
const mostRemembered = 10_000

/** Knows callers by tokens of the issuer. They are verified by `jwtVerify` of jose, with algorithms, issuer and audience fixed by the configuration. */
export function openJwtCredentials(settings: Settings, keys: JWTVerifyGetKey): CredentialKind {
  const verified = new LRUCache<string, { readonly identity: ServiceIdentity; readonly expiresAt: number }>({
    max: mostRemembered,
    ttl: rememberMs,
  })
  const toleranceMs = settings.clockToleranceMs

  const verify = async (token: string): Promise<Verdict> => {
    const digest = digestOf(token).toString('base64')
    const known = verified.get(digest)
    if (known !== undefined && Date.now() < known.expiresAt + toleranceMs) return known.identity
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: settings.issuer,
        audience: settings.audience,
        algorithms: [...settings.algorithms],
        clockTolerance: toleranceMs / 1_000,
        requiredClaims: ['exp'],
      })
      const expiresAt = (payload.exp ?? 0) * 1_000
      if ((payload.iat ?? 0) * 1_000 > Date.now() + toleranceMs) return refused('early')
      // Nothing but its end revokes a token.
      if (expiresAt - Date.now() > settings.longestLifeMs + toleranceMs) return refused('lifetime')
      const identity = identityOfClaims(payload, settings.claims)
      if (identity === undefined) return refused('claims')
      verified.set(digest, { identity, expiresAt })
      return identity
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error
      return refused(reasonFor(error))
    }
  }
  return {
    judge({ authorization: { bearer } }) {
      if (bearer === undefined || bearer.startsWith('dbk_') || !shape.test(bearer)) return undefined
      return bearer.length > longestToken ? refused('malformed') : verify(bearer)
    },
    close: async () => {},
  }
}

const refused = (reason: RefusalReason): Verdict => ({ refused: reason, credential: null })

function reasonFor(error: errors.JOSEError): RefusalReason {
  if (error instanceof errors.JWTExpired) return 'expired'
  if (error instanceof errors.JWTClaimValidationFailed) return error.claim === 'nbf' ? 'early' : 'claims'
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature'
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return 'unknown'
  return 'malformed'
}
