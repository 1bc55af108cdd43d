import type { JWTPayload } from 'jose'
import type { Config } from '../../config/schema.ts'
import { engineNames } from '../../core/engine.ts'
import { verbs } from '../../core/service/grants.ts'
import type { ServiceIdentity } from './identity.ts'

type Mapping = NonNullable<Config['server']['auth']['jwt']>['claims']

// What goes into logs, metrics of companies' databases and the signed context.
const serviceName = /^[\w.:@|/-]{1,128}$/
const companyId = /^[a-z][a-z0-9_]{0,47}$/

/** What a verified token allows: what its claims do not grant is not allowed. Undefined where they are not of the right kind. */
export function identityOfClaims(payload: JWTPayload, mapping: Mapping): ServiceIdentity | undefined {
  const name = payload[mapping.service]
  const user = payload[mapping.user]
  if (typeof name !== 'string' || !serviceName.test(name)) return undefined
  if (user !== undefined && (typeof user !== 'string' || user === '')) return undefined
  const companies = wordsOf(payload[mapping.companies])
  const engines = wordsOf(payload[mapping.engines])
  const granted = wordsOf(payload[mapping.verbs])
  if (companies === undefined || engines === undefined || granted === undefined) return undefined
  return {
    name,
    credential: `jwt:${payload.jti ?? name}`.slice(0, 128),
    grants: {
      companies: companies.includes('all') ? null : new Set(companies.filter((company) => companyId.test(company))),
      engines: new Set(engineNames.filter((engine) => engines.includes(engine) || engines.includes('all'))),
      verbs: new Set(verbs.filter((verb) => granted.includes(verb))),
      wholeCompany: user === undefined,
      ...(user === undefined ? {} : { user }),
    },
  }
}

/** A list, or words with spaces between as OAuth's `scope` has them. Undefined for anything else. */
function wordsOf(claim: unknown): readonly string[] | undefined {
  if (claim === undefined) return []
  if (typeof claim === 'string') return claim.split(' ').filter((word) => word !== '')
  if (Array.isArray(claim) && claim.every((word) => typeof word === 'string')) return claim
  return undefined
}
