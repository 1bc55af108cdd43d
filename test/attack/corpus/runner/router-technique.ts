import type { Alteration } from '../../../support/alterations.ts'
import type { Issuer, IssuerKey } from '../../../support/jwks-server.ts'
import type { TestRouter } from '../../../support/router.ts'

/** What an attacker of the router has. */
export interface Attacker {
  /** Its key is for all companies: that of a service which also serves company_abc, whose user the attacker is. */
  readonly router: TestRouter
  /** Keys of other services: for company_abc alone; and for company_xyz, but from another network. */
  readonly ownKey: string
  readonly stolenKey: string
  /** Its public key is known to everybody; the private one signs what an attacker may have come by. */
  readonly issuer: Issuer
  readonly issuerKey: IssuerKey
}

/** Returns everything that the attacker was told. */
export type Attempt = (attacker: Attacker) => Promise<string>

/** One thing that keeps the attempts out, and how a router runs without it. */
export interface RouterMechanism {
  readonly name: string
  readonly alterations: readonly Alteration[]
  /** In the functions of the database, what is replaced by what. */
  readonly functions?: Readonly<Record<string, readonly [from: string, to: string]>>
}

export interface RouterTechnique {
  readonly name: string
  readonly secret: string
  /** What the attacker is told instead. */
  readonly refusal: RegExp
  readonly mechanism: RouterMechanism
  /** Matches what the attacker is told where it succeeds. */
  readonly success: RegExp
  readonly variants: Readonly<Record<string, Attempt>>
}

export const canary = /canary/
export const sql = 'select user_id from users'

interface Asked {
  readonly key?: string
  readonly path?: string
  readonly method?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A request of a well-behaved client. */
export async function ask(
  { router }: Attacker,
  { key = router.key, path = '/v1/query', method = 'POST', body = { sql }, headers = {} }: Asked,
): Promise<string> {
  const response = await fetch(`${router.url}${path}`, {
    method,
    headers: {
      ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
      'content-type': 'application/json',
      'x-dbsvc-company': 'company_abc',
      ...headers,
    },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
  })
  return `${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`
}
