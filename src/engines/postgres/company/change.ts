import type pg from 'pg'
import {
  applyChange,
  type ChangedParameters,
  type CompanyChange,
  compareParameters,
} from '../../../core/company/change.ts'
import type { Company } from '../../../core/company/spec.ts'
import type { TierLimits } from '../../../core/company/tier.ts'
import { renderLoginLimits } from './login-limits.ts'
import { getCompany } from './registry.ts'

/**
 * Changes a company in the registry, remembers what was, and holds its LOGIN role to its limits, also where nothing changes. One
 * change waits for the other. @throws DBS-1203, or what `limitsOf` throws
 */
export async function changeCompany(
  client: pg.Client,
  id: string,
  change: CompanyChange,
  limitsOf: (company: Company) => TierLimits,
): Promise<ChangedParameters> {
  await client.query('begin')
  try {
    await client.query('select from dbsvc.companies where company_id = $1 for update', [id])
    const company = await getCompany(client, id)
    const after = { ...company, ...applyChange(company, change) }
    const changed = compareParameters(company, after)
    const limits = limitsOf(after)
    if (Object.keys(changed).length > 0) {
      const { name, tier, labels, limits: exceptions } = after
      await client.query(
        'update dbsvc.companies set name = $2, tier = $3, labels = $4, limits = $5, updated_at = now() where company_id = $1',
        [id, name, tier, JSON.stringify(labels), JSON.stringify(exceptions)],
      )
      await client.query(`insert into dbsvc.company_events (company_id, event, details) values ($1, 'changed', $2)`, [
        id,
        JSON.stringify(changed),
      ])
    }
    if (company.loginRole !== null) await client.query(renderLoginLimits(company.loginRole, limits))
    await client.query('commit')
    return changed
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}
