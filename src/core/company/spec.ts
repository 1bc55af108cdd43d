import { DbsvcError } from '../errors/error.ts'
import { canonical } from './canonical.ts'
import type { TierLimits, TierName } from './tier.ts'

/** What a company is created with. What is undefined takes its default, and says nothing of a company that exists. */
export interface CompanySpec {
  readonly company: string
  readonly name?: string
  readonly tier?: TierName
  readonly labels?: Readonly<Record<string, string>>
  /** Exceptions from the limits of the tier. */
  readonly limits?: Partial<TierLimits>
  /** With a LOGIN role of its own. */
  readonly login?: boolean
}

/** A company as the registry holds it. */
export interface Company {
  readonly company: string
  readonly name: string
  readonly tier: TierName
  readonly labels: Readonly<Record<string, string>>
  readonly limits: Partial<TierLimits>
  readonly state: 'provisioning' | 'active' | 'suspended' | 'dropping'
  /** Null where the company is reached through the shared role only. */
  readonly loginRole: string | null
  readonly createdAt: Date
}

/** What the spec asks for and the company is not, such as `tier is free, asked for pro`; empty when they agree. */
function differences(spec: CompanySpec, company: Company): string[] {
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['name', spec.name, company.name],
    ['tier', spec.tier, company.tier],
    ['labels', spec.labels, company.labels],
    ['limits', spec.limits, company.limits],
    ['login', spec.login, company.loginRole !== null],
  ]
  return pairs
    .filter(([, asked, found]) => asked !== undefined && canonical(asked) !== canonical(found))
    .map(([name, asked, found]) => `${name} is ${canonical(found)}, asked for ${canonical(asked)}`)
}

/** Why a company that exists cannot be taken for the one asked for. */
export function refusalOf(spec: CompanySpec, company: Company): DbsvcError | undefined {
  const { company: id, state } = company
  const different = differences(spec, company)
  if (different.length > 0) return DbsvcError.of('DBS-1202', { company: id, differences: different.join('; ') })
  if (state !== 'dropping') return undefined
  return DbsvcError.of('DBS-1206', { company: id, state, wanted: 'dropped: finish dbsvc tenant drop first' })
}
