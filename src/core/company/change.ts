import { canonical } from './canonical.ts'
import type { Company } from './spec.ts'
import type { TierLimits, TierName } from './tier.ts'

/** What is to be changed of a company; what is undefined stays, a label or limit that is null goes. */
export interface CompanyChange {
  readonly name?: string
  readonly tier?: TierName
  readonly labels?: Readonly<Record<string, string | null>>
  readonly limits?: Readonly<{ [Limit in keyof TierLimits]?: number | null }>
}

/** What of a company can be changed. */
export type Changeable = Pick<Company, 'name' | 'tier' | 'labels' | 'limits'>

/** What changed, by parameter. */
export type ChangedParameters = Readonly<
  Partial<Record<keyof Changeable, { readonly was: unknown; readonly now: unknown }>>
>

export function applyChange(company: Changeable, change: CompanyChange): Changeable {
  return {
    name: change.name ?? company.name,
    tier: change.tier ?? company.tier,
    labels: merge(company.labels, change.labels),
    limits: merge(company.limits, change.limits),
  }
}

export function compareParameters(before: Changeable, after: Changeable): ChangedParameters {
  const parameters = ['name', 'tier', 'labels', 'limits'] as const
  const changed = parameters.filter((parameter) => canonical(before[parameter]) !== canonical(after[parameter]))
  return Object.fromEntries(changed.map((parameter) => [parameter, { was: before[parameter], now: after[parameter] }]))
}

function merge<Values extends object>(values: Values, change: object = {}): Values {
  const merged = Object.entries({ ...values, ...change }).filter(([, value]) => value !== null)
  return Object.fromEntries(merged) as Values
}
