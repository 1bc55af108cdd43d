import type pg from 'pg'
import type { FingerprintedTarget } from '../../../core/structure/groups.ts'
import { clusterName } from '../migration/render.ts'
import { companyPlace } from './place.ts'
import { inSnapshot, readFingerprints } from './read.ts'

/** The companies that are neither on their way in nor on their way out, by id; only the named ones where there are names. */
export async function settledCompanies(client: pg.Client, only: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ company: string }>(
    `select c.company_id as company from dbsvc.companies c
     join dbsvc.targets t on t.engine = 'postgres' and t.cluster = $1 and t.scope = 'tenant' and t.company_id = c.company_id
     where c.state in ('active', 'suspended') and (cardinality($2::text[]) = 0 or c.company_id = any ($2))
     order by c.company_id`,
    [clusterName, only],
  )
  return rows.map((row) => row.company)
}

/** Where the given companies stand and what their structures come to, both of one moment. */
export async function fingerprintCompanies(
  client: pg.Client,
  companies: readonly string[],
): Promise<FingerprintedTarget[]> {
  return inSnapshot(client, async () => {
    const { rows } = await client.query<Omit<FingerprintedTarget, 'fingerprint'>>(
      `select c.company_id as company, t.version, t.history, c.login_role is not null as login
       from dbsvc.companies c
       join dbsvc.targets t on t.engine = 'postgres' and t.cluster = $1 and t.scope = 'tenant' and t.company_id = c.company_id
       where c.company_id = any ($2)`,
      [clusterName, companies],
    )
    const fingerprints = await readFingerprints(client, companies.map(companyPlace))
    return rows.map((row) => ({ ...row, fingerprint: fingerprints.get(row.company) ?? '' }))
  })
}
