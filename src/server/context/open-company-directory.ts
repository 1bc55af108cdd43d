import { LRUCache } from 'lru-cache'
import type pg from 'pg'
import type { Config } from '../../config/schema.ts'
import type { TierLimits } from '../../core/company/tier.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { CompanyDirectory } from './company-directory.ts'
import type { KnownCompany } from './request-context.ts'

const ttlMs = 5_000
const mostKnown = 20_000

/** Asks PostgreSQL for each company once in a few seconds. */
export function openCompanyDirectory(client: pg.Client, tiers: Config['tiers']): CompanyDirectory {
  const known = new LRUCache<string, KnownCompany>({ max: mostKnown, ttl: ttlMs })
  const asked = new Map<string, Promise<KnownCompany>>()

  const ask = async (id: string): Promise<KnownCompany> => {
    const { rows } = await client.query<Omit<KnownCompany, 'limits'> & { limits: Partial<TierLimits> }>(
      `select company_id as company, tier, limits, state,
         (select string_agg(history, '.' order by scope) from dbsvc.targets t
          where t.engine = 'postgres' and t.company_id in ('', companies.company_id)) as "schemaVersion"
       from dbsvc.companies where company_id = $1`,
      [id],
    )
    const [row] = rows
    if (row === undefined) throw DbsvcError.of('DBS-1203', { company: id })
    const company = { ...row, limits: { ...tiers[row.tier], ...row.limits } }
    known.set(id, company)
    return company
  }

  return {
    find(id) {
      const company = known.get(id)
      if (company !== undefined) return company
      const asking = asked.get(id) ?? ask(id).finally(() => asked.delete(id))
      asked.set(id, asking)
      return asking
    },
    close: async () => {},
  }
}
