import { z } from 'zod'
import { isLoopbackUrl } from '../loopback.ts'

const claim = (name: string) => z.string().min(1).default(name)

/** Tokens of an issuer, taken where it is named. */
const jwt = z
  .strictObject({
    issuer: z.string().min(1).describe('`iss` of its tokens, to the letter'),
    audience: z.string().min(1).describe('`aud` that a token has to be for'),
    jwksUrl: z
      .url({ protocol: /^https?$/ })
      .refine((url) => url.startsWith('https:') || isLoopbackUrl(url), 'has to be https outside of this machine')
      .optional()
      .describe("of the issuer's set of keys"),
    jwksFile: z.string().min(1).optional().describe('instead: a file with the set of keys, read again when it changes'),
    algorithms: z
      .array(z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']))
      .min(1)
      .default(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'])
      .describe('with which a token may be signed; there are none with a shared secret'),
    clockToleranceMs: z.int().min(0).max(300_000).default(5_000).describe("how far the issuer's clock may be off"),
    longestLifeMs: z
      .int()
      .min(1_000)
      .max(2_592_000_000)
      .default(3_600_000)
      .describe('a token that ends later than that from now is refused: nothing else revokes it'),
    cacheMs: z.int().min(1_000).max(86_400_000).default(600_000).describe('how long a fetched set of keys is used'),
    cooldownMs: z
      .int()
      .min(1_000)
      .max(3_600_000)
      .default(30_000)
      .describe('for a key that is not in the set, it is fetched again so often at most'),
    timeoutMs: z.int().min(100).max(60_000).default(5_000).describe('longest wait for the set of keys'),
    claims: z
      .strictObject({
        service: claim('sub'),
        companies: claim('dbsvc_companies'),
        engines: claim('dbsvc_engines'),
        verbs: claim('dbsvc_verbs'),
        user: claim('dbsvc_user'),
      })
      .prefault({})
      .describe('which claims say who calls and what it may do'),
  })
  .refine(({ jwksUrl, jwksFile }) => (jwksUrl === undefined) !== (jwksFile === undefined), {
    message: 'needs jwksUrl or jwksFile, and not both',
  })

/** Who may call `dbsvc serve`. */
export const auth = z.strictObject({
  staleForMs: z
    .int()
    .min(0)
    .max(3_600_000)
    .default(60_000)
    .describe('how long known services and companies are still taken while PostgreSQL does not answer'),
  failuresPerMinute: z
    .int()
    .min(1)
    .max(100_000)
    .default(30)
    .describe('so many failed attempts of an address or with a key are told so, those beyond to wait'),
  jwt: jwt.optional(),
  keepFailuresDays: z.int().min(1).max(3_650).default(30).describe('how long failed attempts are kept in PostgreSQL'),
})
