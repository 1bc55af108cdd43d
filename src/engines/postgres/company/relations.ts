import type pg from 'pg'
import { placeOf } from '../../../core/company/id.ts'

/** A table or view that requests of a company can read. */
export interface ReachableRelation {
  readonly schema: string
  readonly name: string
  /** Whether it holds rows of many companies, each with its company_id. */
  readonly shared: boolean
}

/** What the shared role can read in the given companies' schemas, and in the shared one. */
export async function reachableRelations(
  client: pg.Client,
  companies: readonly string[],
): Promise<ReachableRelation[]> {
  const { rows } = await client.query<ReachableRelation>(
    `select n.nspname as schema, c.relname as name, n.nspname = 'public' as shared
     from pg_namespace n join pg_depend d on d.refclassid = 'pg_namespace'::regclass and d.refobjid = n.oid
       and d.classid = 'pg_class'::regclass and d.deptype = 'n'
     join pg_class c on c.oid = d.objid and c.relkind in ('r', 'p', 'v') and not c.relispartition
     where n.nspname = any ($1) and has_table_privilege('database_service_role', c.oid, 'select')
       and (n.nspname <> 'public' or exists (
         select from pg_attribute a where a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped
       ))
     order by n.nspname = 'public' desc, c.oid`,
    [['public', ...companies.map(placeOf)]],
  )
  return rows
}
