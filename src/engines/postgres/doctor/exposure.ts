import type pg from 'pg'

export interface ExposedRelation {
  /** Quoted where SQL wants it so. */
  readonly relation: string
  /** The statement that protects it, to be run as dbsvc_owner; null where only a revoke helps. */
  readonly protect: string | null
  /** Whom a revoke is from, as SQL has it. */
  readonly grantees: string
}

// dbsvc.protect leaves what others own alone.
const isOwn = `exists (select from pg_class c where c.oid = u.relation::regclass and c.relowner = 'dbsvc_owner'::regrole and c.relkind <> 'm')`

const everybody = `'public, database_service_role, dbsvc_companies'`

// The schemas that dbsvc protects, by the measure that migrations are held to; then all others, where nothing that companies can
// reach has policies: partitions and chunks above all. A chunk is no member of the extension that made it.
const query = `
  with company as materialized (
    select array_agg('tenant_' || company_id) as schemas from dbsvc.companies
  ), grantee as materialized (
    select 0::oid as oid
    union all select oid from pg_roles where rolname in ('database_service_role', 'dbsvc_companies')
    union all select r.oid from pg_roles r join dbsvc.companies c on c.login_role = r.rolname
  ), granted as materialized (
    select c.oid as relation, a.grantee from pg_class c, aclexplode(c.relacl) a
    where c.relacl is not null and c.relkind in ('r', 'p', 'v', 'm', 'f')
      and a.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
    union
    select t.attrelid, a.grantee from pg_attribute t, aclexplode(t.attacl) a where t.attacl is not null
  )
  select u.relation, case when ${isOwn} then 'select dbsvc.protect(''shared'', array[''public''])' end as protect, ${everybody} as grantees
  from dbsvc.unprotected('shared', array['public']) u
  union all
  select u.relation, case when ${isOwn} then format('select dbsvc.protect(''tenant'', array[%L])', (parse_ident(u.relation))[1]) end, ${everybody}
  from company, dbsvc.unprotected('tenant', company.schemas) u
  union all
  select format('%I.%I', n.nspname, c.relname), null, (
    select string_agg(case grantee.oid when 0 then 'public' else grantee.oid::regrole::text end, ', ' order by grantee.oid)
    from granted join grantee on grantee.oid = granted.grantee where granted.relation = c.oid
  )
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname not in ('public', 'pg_catalog', 'information_schema')
    and not exists (select from dbsvc.companies o where 'tenant_' || o.company_id = n.nspname::text)
    and n.nspname !~ '^pg_(toast|temp)'
    and exists (
      select from granted join grantee on grantee.oid = granted.grantee
      where granted.relation = c.oid
        and has_schema_privilege(case grantee.oid when 0 then 'database_service_role'::regrole::oid else grantee.oid end, n.oid, 'usage')
    )
    and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
  order by 1`

/** What companies' statements could reach without a proof. */
export async function findExposed(client: pg.Client): Promise<ExposedRelation[]> {
  const { rows } = await client.query<ExposedRelation>(query)
  return rows
}
