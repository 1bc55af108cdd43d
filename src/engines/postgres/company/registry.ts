import type pg from 'pg'
import { probePrefix } from '../../../core/company/probe.ts'
import type { Company } from '../../../core/company/spec.ts'
import { DbsvcError } from '../../../core/errors/error.ts'

const columns = `company_id as company, name, tier, labels, limits, state, login_role as "loginRole", created_at as "createdAt"`

/** The companies named that exist, by id. */
export async function findCompanies(client: pg.Client, ids: readonly string[]): Promise<Map<string, Company>> {
  const { rows } = await client.query<Company>(`select ${columns} from dbsvc.companies where company_id = any ($1)`, [
    ids,
  ])
  return new Map(rows.map((row) => [row.company, row]))
}

/** Those that have a LOGIN role of their own. */
export async function findLoginCompanies(client: pg.Client): Promise<Company[]> {
  const { rows } = await client.query<Company>(
    `select ${columns} from dbsvc.companies where login_role is not null and state <> 'dropping' order by company_id`,
  )
  return rows
}

/** @throws DBS-1203 */
export async function getCompany(client: pg.Client, id: string): Promise<Company> {
  const company = (await findCompanies(client, [id])).get(id)
  if (company === undefined) throw DbsvcError.of('DBS-1203', { company: id })
  return company
}

export interface ListedCompany extends Company {
  /** Of its last migration, null before the first. */
  readonly version: string | null
}

export async function listCompanies(
  client: pg.Client,
  filter: { readonly state?: string; readonly tier?: string },
): Promise<ListedCompany[]> {
  const { rows } = await client.query<ListedCompany>(
    `select ${columns}, (
       select nullif(version, '') from dbsvc.targets t
       where t.engine = 'postgres' and t.scope = 'tenant' and t.company_id = companies.company_id
     ) as version
     from dbsvc.companies
     where ($1::text is null or state = $1) and ($2::text is null or tier = $2) and not starts_with(company_id, $3)
     order by company_id`,
    [filter.state ?? null, filter.tier ?? null, probePrefix],
  )
  return rows
}

/** The folder of a company's final export, '' where none was wanted; null before that is settled. */
export async function readFinalExport(client: pg.Client, company: string): Promise<string | null> {
  const { rows } = await client.query<{ folder: string | null }>(
    'select final_export as folder from dbsvc.companies where company_id = $1',
    [company],
  )
  return rows[0]?.folder ?? null
}

export async function keepFinalExport(client: pg.Client, company: string, folder: string): Promise<void> {
  await client.query('update dbsvc.companies set final_export = $2 where company_id = $1', [company, folder])
}
