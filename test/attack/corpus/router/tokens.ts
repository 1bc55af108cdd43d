import { exportSPKI, importJWK, SignJWT } from 'jose'
import { audience, everyClaim, newKey, tokenOf } from '../../../support/jwks-server.ts'
import {
  type Attacker,
  type Attempt,
  ask,
  canary,
  type RouterMechanism,
  type RouterTechnique,
  sql,
} from '../runner/router-technique.ts'
import { grants } from './identity.ts'

const file = 'server/auth/jwt-credentials.ts'
const without = (name: string, from: string, to: string): RouterMechanism => ({
  name,
  alterations: [{ file, from, to }],
})

const signature = without(
  'verifying signatures',
  'await jwtVerify(token, keys, {',
  `await (async (token, ..._) => ({ payload: JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()) }))(token, keys, {`,
)
const ends = without('the end of a token', 'clockTolerance: toleranceMs / 1_000', 'clockTolerance: 1e6')
const future: RouterMechanism = {
  name: 'the clock',
  alterations: [...ends.alterations, { file, from: "return refused('early')", to: '{}' }],
}
const audiences = without('the audience', 'audience: settings.audience,', '')
const issuers = without('the issuer', 'issuer: settings.issuer,', '')
const lifetime = without('the longest life', "return refused('lifetime')", '{}')

const seconds = (fromNow: number): number => Math.floor(Date.now() / 1_000) + fromNow
const claimsFor = ({ issuer }: Attacker) => ({ ...everyClaim, iss: issuer.issuer, aud: audience, exp: seconds(300) })
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const bring =
  (make: (attacker: Attacker) => Promise<string> | string): Attempt =>
  async (attacker) =>
    ask(attacker, { key: await make(attacker), headers: { 'x-dbsvc-company': 'company_xyz' } })
const withClaims = (claims: () => Record<string, unknown>): Attempt =>
  bring((attacker) => tokenOf(attacker.issuer, attacker.issuerKey, claims()))

const signedWithPublicKey = (secretOf: (pem: string, modulus: string) => string): Attempt =>
  bring(async (attacker) => {
    const { jwk, kid } = attacker.issuerKey
    const pem = await exportSPKI((await importJWK(jwk, 'RS256')) as Parameters<typeof exportSPKI>[0])
    const secret = Buffer.from(secretOf(pem, jwk.n ?? ''))
    return new SignJWT(claimsFor(attacker)).setProtectedHeader({ alg: 'HS256', kid }).sign(secret)
  })
const signedByAnother = (kid: string, header: object = {}): Attempt =>
  bring(async (attacker) => tokenOf(attacker.issuer, await newKey(kid, 'RS256'), {}, { kid, ...header }))

const common = { secret: 'rows of the victim', refusal: /DBS-2101/, success: canary } as const

export const techniques: readonly RouterTechnique[] = [
  {
    ...common,
    name: 'forge a token',
    mechanism: signature,
    variants: {
      ...Object.fromEntries(
        ['none', 'None', 'NONE'].map((alg) => [
          `alg ${alg}`,
          bring((attacker) => `${base64({ alg, typ: 'JWT' })}.${base64(claimsFor(attacker))}.AAAA`),
        ]),
      ),
      'by the public key as a secret': signedWithPublicKey((pem) => pem),
      'by the public key as a secret, cut': signedWithPublicKey((pem) => pem.trimEnd()),
      'by the modulus as a secret': signedWithPublicKey((_, modulus) => modulus),
      'by another key of the same name': signedByAnother('first'),
      ...Object.fromEntries(
        ['../../../../dev/null', "first' or '1'='1", '/etc/passwd', '__proto__', ''].map((kid) => [
          `by another key called ${JSON.stringify(kid)}`,
          signedByAnother(kid),
        ]),
      ),
      'by a key of its own': bring(async ({ issuer }) => {
        const own = await newKey('first', 'RS256')
        return tokenOf(issuer, own, {}, { jwk: own.jwk })
      }),
      'by a key from elsewhere': signedByAnother('first', { jku: 'http://127.0.0.1:1/jwks.json' }),
      'of what was signed otherwise': bring(async (attacker) => {
        const [header, , signed] = (await tokenOf(attacker.issuer, attacker.issuerKey, { dbsvc_companies: [] })).split(
          '.',
        )
        return `${header}.${base64(claimsFor(attacker))}.${signed}`
      }),
    },
  },
  {
    ...common,
    name: 'use a token that has ended',
    mechanism: ends,
    variants: {
      'a minute ago': withClaims(() => ({ exp: seconds(-60) })),
      'a day ago': withClaims(() => ({ iat: seconds(-90_000), exp: seconds(-86_400) })),
    },
  },
  {
    ...common,
    name: 'use a token that is for later',
    mechanism: future,
    variants: {
      'not before': withClaims(() => ({ nbf: seconds(600), exp: seconds(900) })),
      'issued in the future': withClaims(() => ({ iat: seconds(600), exp: seconds(900) })),
    },
  },
  {
    ...common,
    name: 'use a token for another audience',
    mechanism: audiences,
    variants: {
      another: withClaims(() => ({ aud: 'billing' })),
      'several others': withClaims(() => ({ aud: ['billing', 'dbsvc2'] })),
      'one that begins alike': withClaims(() => ({ aud: 'dbsvc.example.org' })),
      'in capitals': withClaims(() => ({ aud: 'DBSVC' })),
    },
  },
  {
    ...common,
    name: 'use a token of another issuer',
    mechanism: issuers,
    variants: {
      another: withClaims(() => ({ iss: 'https://evil.example/' })),
      'one that ends alike': bring((attacker) =>
        tokenOf(attacker.issuer, attacker.issuerKey, { iss: `${attacker.issuer.issuer}/` }),
      ),
    },
  },
  {
    ...common,
    name: 'use a token for other companies',
    refusal: /DBS-2102/,
    mechanism: grants,
    variants: {
      'its own': withClaims(() => ({ dbsvc_companies: ['company_abc'] })),
      several: withClaims(() => ({ dbsvc_companies: ['company_abc', 'company_x', 'company_xyzz'] })),
      'in capitals': withClaims(() => ({ dbsvc_companies: ['COMPANY_ABC'] })),
      'named by the message': async (attacker) => {
        const key = await tokenOf(attacker.issuer, attacker.issuerKey, { dbsvc_companies: ['company_abc'] })
        return ask(attacker, {
          key,
          headers: { 'x-dbsvc-company': '' },
          body: { sql, tenant: { company_id: 'company_xyz' } },
        })
      },
    },
  },
  {
    ...common,
    name: 'use a token that never ends',
    mechanism: lifetime,
    variants: { 'in ten years': withClaims(() => ({ exp: seconds(315_360_000) })) },
  },
]
