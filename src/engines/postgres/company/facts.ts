import type pg from 'pg'
import { placeOf } from '../../../core/company/id.ts'
import type { Company } from '../../../core/company/spec.ts'
import { clusterName } from '../migration/render.ts'

export interface PlaceFacts {
  /** Of the last migration, null before the first. */
  readonly version: string | null
  readonly migrations: number
  readonly tables: number
  /** Tables, indexes and TOAST of the company's schemas; its rows in shared tables are not in it. */
  readonly sizeBytes: number
  /** Sessions of its own LOGIN role. */
  readonly connections: number
}

export interface CompanyEvent {
  readonly at: Date
  readonly event: string
  readonly actor: string
}

export async function readPlace(client: pg.Client, { company, loginRole }: Company): Promise<PlaceFacts> {
  const { rows } = await client.query<PlaceFacts>(
    `select nullif(t.version, '') as version, t.applied as migrations, relation.tables::integer as tables,
       relation.bytes::float8 as "sizeBytes",
       (select count(*)::integer from pg_stat_activity where usename = $4) as connections
     from dbsvc.targets t, lateral (
       select count(*) as tables, coalesce(sum(pg_total_relation_size(c.oid)), 0) as bytes
       from pg_namespace n join pg_depend d on d.refclassid = 'pg_namespace'::regclass and d.refobjid = n.oid
         and d.classid = 'pg_class'::regclass and d.deptype = 'n'
       join pg_class c on c.oid = d.objid and c.relkind in ('r', 'p', 'm')
       where n.nspname = any ($3)
     ) relation
     where t.engine = 'postgres' and t.cluster = $1 and t.scope = 'tenant' and t.company_id = $2`,
    [clusterName, company, [placeOf(company), `private_${company}`], loginRole],
  )
  return rows[0] ?? { version: null, migrations: 0, tables: 0, sizeBytes: 0, connections: 0 }
}

export async function readEvents(client: pg.Client, company: string): Promise<CompanyEvent[]> {
  const { rows } = await client.query<CompanyEvent>(
    'select at, event, actor from dbsvc.company_events where company_id = $1 order by event_id desc limit 20',
    [company],
  )
  return rows
}
