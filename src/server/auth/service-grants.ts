import { engineNames } from '../../core/engine.ts'
import type { Grants, Verb } from './identity.ts'

/** Grants as dbsvc.services has them. */
export interface GrantRow {
  readonly companies: readonly string[] | null
  readonly engines: readonly string[]
  readonly verbs: readonly Verb[]
  readonly wholeCompany: boolean
}

export const grantColumns = 'companies, engines, verbs, whole_company as "wholeCompany"'

export const grantsOfRow = ({ companies, engines, verbs, wholeCompany }: GrantRow): Grants => ({
  companies: companies === null ? null : new Set(companies),
  engines: new Set(engineNames.filter((name) => engines.includes(name))),
  verbs: new Set(verbs),
  wholeCompany,
})
