import type pg from 'pg'
import { placeOf } from '../../core/company/id.ts'
import { probePrefix } from '../../core/company/probe.ts'
import type { EngineVitals } from '../vitals.ts'

/** Connections to this database (no right to see others' sessions is needed to count them), companies' schemas, and companies that are served; probes of dbsvc count for none. */
export async function readVitals(client: pg.Client): Promise<EngineVitals> {
  const { rows } = await client.query<Record<string, number>>(
    `select
       (select numbackends from pg_catalog.pg_stat_database where datname = current_database()) as active_connections,
       (select count(*)::integer from pg_catalog.pg_namespace
        where starts_with(nspname, $1) and not starts_with(nspname, $2)) as tenant_schemas,
       (select count(*)::integer from dbsvc.companies
        where state = 'active' and not starts_with(company_id, $3)) as active_tenants`,
    [placeOf(''), placeOf(probePrefix), probePrefix],
  )
  return rows[0] ?? {}
}
