import type pg from 'pg'
import { probePrefix } from '../../../core/company/probe.ts'

/** A company that is there, drawn at random; null where there is none. */
export async function readBystander(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ company: string }>(
    `select company_id as company from dbsvc.companies
     where state = 'active' and not starts_with(company_id, $1) order by random() limit 1`,
    [probePrefix],
  )
  return rows[0]?.company ?? null
}

/** The shared tables that migrations have declared as unprotected: there every company sees all rows. */
export async function readUnprotected(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select table_name as name from dbsvc.exemptions where scope = 'shared'`,
  )
  return rows.map(({ name }) => name)
}
