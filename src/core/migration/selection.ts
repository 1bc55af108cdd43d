import { DbsvcError } from '../errors/error.ts'
import type { Wave } from './waves.ts'

/** Which companies a run is about; all of them where nothing is said. */
export interface Selection {
  readonly tenants?: readonly string[]
  readonly exclude?: readonly string[]
  readonly waves?: readonly string[]
}

/**
 * Narrows waves to what was selected; waves that nothing is left of are left out.
 * @throws DBS-1203 for a company and DBS-1308 for a wave that there is none of
 */
export function selectFrom(waves: readonly Wave[], { tenants, exclude = [], waves: names }: Selection): Wave[] {
  for (const company of [...(tenants ?? []), ...exclude]) {
    if (!waves.some(({ companies }) => companies.has(company))) throw DbsvcError.of('DBS-1203', { company })
  }
  for (const wave of names ?? []) {
    const known = waves.map(({ policy }) => policy.name)
    if (!known.includes(wave)) throw DbsvcError.of('DBS-1308', { wave, known })
  }
  const wanted = tenants === undefined ? undefined : new Set(tenants)
  const unwanted = new Set(exclude)
  return waves
    .filter(({ policy }) => names?.includes(policy.name) ?? true)
    .map(({ policy, companies }) => ({
      policy,
      companies: new Set([...companies].filter((one) => (wanted?.has(one) ?? true) && !unwanted.has(one))),
    }))
    .filter(({ companies }) => companies.size > 0)
}

export const isEverything = ({ tenants, exclude, waves }: Selection): boolean =>
  tenants === undefined && exclude === undefined && waves === undefined
