import { createHash } from 'node:crypto'
import { withClient } from '../database.ts'
import type { Fleet } from './fleet.ts'

/** What stands in the database, read without dbsvc. */
export interface ReadBack {
  readonly companies: number
  readonly version: string
  /** Of every company's row in dbsvc.companies and dbsvc.targets, without the times. */
  readonly digest: string
}

interface Row {
  readonly company_id: string | null
  readonly place: string | null
  readonly state: string
  readonly version: string
  readonly standing: string
}

const query = `
  select c.company_id, n.nspname as place, c.state, t.version,
      concat_ws(' ', c.company_id, c.name, c.tier, c.labels, c.limits, c.state, t.version, t.applied, t.history) as standing
    from dbsvc.companies c
    full join (select * from dbsvc.targets where scope = 'tenant') t using (company_id)
    full join (select nspname from pg_namespace where starts_with(nspname, 'tenant_')) n on n.nspname = 'tenant_' || c.company_id
    order by c.company_id collate "C"`

/** @throws when a company is missing, one is too many, one has no place, or they are not all active at one version */
export async function readBack({ companies, database }: Fleet): Promise<ReadBack> {
  const { rows } = await withClient(database, (client) => client.query<Row>(query))
  const wrong = rows.find(
    ({ company_id, place, state }, index) =>
      company_id !== companies[index] || place !== `tenant_${company_id}` || state !== 'active',
  )
  const [version, ...others] = new Set(rows.map((row) => row.version))
  if (rows.length !== companies.length || wrong !== undefined || version === undefined || others.length > 0) {
    throw new Error(`${database.database}: ${rows.length} of ${companies.length}; wrong is ${JSON.stringify(wrong)}`)
  }
  const digest = createHash('sha256').update(rows.map(({ standing }) => standing).join('\n'))
  return { companies: rows.length, version, digest: digest.digest('hex').slice(0, 16) }
}
