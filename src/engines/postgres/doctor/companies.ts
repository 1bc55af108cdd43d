import type pg from 'pg'
import { probePrefix } from '../../../core/company/probe.ts'
import { clusterName } from '../migration/render.ts'

/** Companies of which something is missing, and what is left of some that are gone; each in alphabetical order. */
export interface HalfMade {
  readonly companies: number
  readonly provisioning: readonly string[]
  readonly dropping: readonly string[]
  readonly withoutSchema: readonly string[]
  readonly withoutTarget: readonly string[]
  readonly withoutRole: readonly { readonly company: string; readonly role: string }[]
  /** Quoted where SQL wants it so. */
  readonly schemas: readonly string[]
}

/** The probes of a doctor that runs have nothing to migrate and so no target. */
const companies = `dbsvc.companies c where not starts_with(c.company_id, '${probePrefix}')`

/** While somebody creates or drops companies here, those that are not whole may be his. */
const isUnderWay = (command: string): string =>
  `exists (select from pg_stat_activity where datname = current_database() and application_name like 'dbsvc ${command} %')`

export async function findHalfMade(client: pg.Client): Promise<HalfMade> {
  const { rows } = await client.query<HalfMade>(
    `select
       (select count(*)::integer from ${companies}) as companies,
       array(select company_id from ${companies} and state = 'provisioning' and not ${isUnderWay('tenant create')} order by 1) as provisioning,
       array(select company_id from ${companies} and state = 'dropping' and not ${isUnderWay('tenant drop')} order by 1) as dropping,
       array(select company_id from ${companies} and state <> 'dropping' and to_regnamespace('tenant_' || company_id) is null
         order by 1) as "withoutSchema",
       array(select company_id from ${companies} and state <> 'dropping' and not exists (
         select from dbsvc.targets t where t.engine = 'postgres' and t.cluster = $1 and t.scope = 'tenant' and t.company_id = c.company_id
       ) order by 1) as "withoutTarget",
       (select coalesce(jsonb_agg(jsonb_build_object('company', company_id, 'role', login_role) order by company_id), '[]')
        from ${companies} and state <> 'dropping' and login_role is not null and to_regrole(quote_ident(login_role)) is null) as "withoutRole",
       array(select quote_ident(n.nspname) from pg_namespace n
         where n.nspname ~ '^(tenant|private)_' and n.nspname <> 'private_shared'
           and not exists (select from dbsvc.companies c where c.company_id = regexp_replace(n.nspname::text, '^(tenant|private)_', ''))
         order by 1) as schemas`,
    [clusterName],
  )
  const [found] = rows
  if (found === undefined) throw new Error('a select without from gave no row')
  return found
}
