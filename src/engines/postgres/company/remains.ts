import pg from 'pg'
import { placeOf } from '../../../core/company/id.ts'

const { escapeIdentifier: identifier } = pg

/** Whatever is left of a company in the whole database: schemas, its role, rows of tables that say whose they are. */
export async function findRemainsInPostgres(client: pg.Client, company: string): Promise<string[]> {
  const schemas = [placeOf(company), `private_${company}`]
  const { rows: places } = await client.query<{ name: string }>(
    `select 'schema ' || nspname as name from pg_namespace where nspname = any ($1)
     union all select 'role ' || rolname from pg_roles where rolname = $2
     union all select 'time series ' || schema_name || '.' || view_name from dbsvc.time_series where schema_name = any ($1)`,
    [schemas, placeOf(company)],
  )
  const { rows: tables } = await client.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped
     where c.relkind in ('r', 'p', 'm') and not c.relispartition and n.nspname in ('public', 'private_shared', 'dbsvc')
       and (n.nspname, c.relname) not in (('dbsvc', 'company_events'), ('dbsvc', 'run_results'))
     order by 1, 2`,
  )
  const found = places.map(({ name }) => name)
  for (const { schema, name } of tables) {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::float8 as count from ${identifier(schema)}.${identifier(name)} where company_id = $1`,
      [company],
    )
    const count = rows[0]?.count ?? 0
    if (count > 0) found.push(`${count} rows of ${schema}.${name}`)
  }
  return found
}
