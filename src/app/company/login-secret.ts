import type { CompanySpec } from '../../core/company/spec.ts'
import type { Provision } from '../../engines/postgres/company/provision.ts'
import { clusterName } from '../../engines/postgres/migration/render.ts'
import { newPassword } from '../../engines/postgres/scram.ts'
import type { Session } from '../session.ts'
import { limitsOf } from './limits.ts'

/** Where the password of a company's LOGIN role is kept. */
export const loginSecretName = (company: string): string => `postgres-${clusterName}-login-${company}`

/** The secret is kept before the role is made: a role whose password nobody has would be worse than an unused secret. */
export async function withPassword(session: Session, spec: CompanySpec): Promise<Provision> {
  if (spec.login !== true) return { spec, password: null }
  const store = session.project.secretStore
  const { value } = await store.create(loginSecretName(spec.company), newPassword)
  const limits = limitsOf(session.loaded, { tier: spec.tier ?? 'free', limits: spec.limits ?? {} })
  return { spec, password: value, limits }
}
