import { type EngineName, engineNames } from '../engine.ts'

export const verbs = ['read', 'write'] as const

export type Verb = (typeof verbs)[number]

/** What a service may do. Whatever is not in here is not allowed. */
export interface ServiceGrants {
  /** Null allows every company. */
  readonly companies: readonly string[] | null
  readonly engines: readonly EngineName[]
  readonly verbs: readonly Verb[]
  /** Each of its requests has to name a user, and so never sees the whole company. */
  readonly userOnly: boolean
}

export const everything: ServiceGrants = { companies: null, engines: engineNames, verbs, userOnly: false }

/** Such as `may read in postgres for company_abc, company_xyz, naming a user each time`. */
export function describeGrants({ companies, engines, verbs: granted, userOnly }: ServiceGrants): string {
  const list = (names: readonly string[], none: string): string => (names.length === 0 ? none : names.join(', '))
  const whom = companies === null ? 'every company' : list(companies, 'no company')
  const place = engines.length === engineNames.length ? 'every engine' : list(engines, 'no engine')
  return `may ${granted.join(' and ')} in ${place} for ${whom}${userOnly ? ', naming a user each time' : ''}`
}
