import type pg from 'pg'

/** Kind and name as GRANT and REVOKE take them. */
export interface GrantedObject {
  readonly kind: string
  readonly name: string
}

export interface Grant extends GrantedObject {
  readonly privilege: string
}

export interface Grants {
  /** What is dbsvc's own and granted to PUBLIC. */
  readonly own: readonly Grant[]
  /** What is companies', or shared by them, and granted to PUBLIC. */
  readonly others: readonly Grant[]
  readonly defaults: readonly { role: string; schema: string | null; kind: string; privilege: string }[]
  /** What companies' statements may do beyond reading and changing rows. */
  readonly beyond: readonly (Grant & { readonly role: string })[]
}

const place = `(n.nspname = 'dbsvc' or n.nspname ~ '^(tenant|private)_' or (n.nspname = 'public' and owner = 'dbsvc_owner'::regrole))`
const isRelation = `c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')`
const kindOf = `case c.relkind when 'S' then 'sequence' else 'table' end`

// All that has an access list; a function without one may be called by everybody. What everybody may do with the database is
// looked at with hardening.
const objects = `
  select 'database' as nspname, 'database' as kind, quote_ident(d.datname) as name, acl.* from pg_database d
    cross join lateral aclexplode(d.datacl) acl where d.datname = current_database() and acl.grantee <> 0
  union all
  select n.nspname, 'schema', quote_ident(n.nspname), acl.* from pg_namespace n
    cross join lateral aclexplode(n.nspacl) acl where n.nspacl is not null and n.nspname ~ '^(dbsvc$|tenant_|private_)'
  union all
  select n.nspname, ${kindOf}, format('%I.%I', n.nspname, c.relname), acl.*
    from (select *, relowner as owner from pg_class) c join pg_namespace n on n.oid = c.relnamespace
    cross join lateral aclexplode(c.relacl) acl where c.relacl is not null and ${isRelation} and ${place}
  union all
  select n.nspname, 'routine', p.oid::regprocedure::text, acl.*
    from (select *, proowner as owner from pg_proc) p join pg_namespace n on n.oid = p.pronamespace
    cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) acl where ${place}`

const asGrants = `coalesce(jsonb_agg(distinct jsonb_build_object('kind', kind, 'name', name, 'privilege', privilege)), '[]')`

const query = `
  with company as materialized (
    select r.oid, quote_ident(r.rolname) as role from pg_roles r
    where r.rolname in ('database_service_role', 'dbsvc_companies') or r.rolname in (select login_role from dbsvc.companies)
  ), granted as materialized (
    select nspname, kind, name, grantee, is_grantable, lower(privilege_type) as privilege from (${objects}) o
    where grantee = 0 or grantee in (select oid from company)
  )
  select
    (select ${asGrants} from granted where grantee = 0 and nspname = 'dbsvc') as own,
    (select ${asGrants} from granted where grantee = 0 and nspname <> 'dbsvc') as others,
    (select coalesce(jsonb_agg(jsonb_build_object('role', d.defaclrole::regrole, 'schema', quote_ident(n.nspname), 'privilege', lower(acl.privilege_type),
       'kind', case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else 'schemas' end)), '[]')
     from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace cross join lateral aclexplode(d.defaclacl) acl
     where acl.grantee = 0 and d.defaclrole in ('dbsvc_owner'::regrole, 'dbsvc_keeper'::regrole) and d.defaclobjtype <> 'T') as defaults,
    (select coalesce(jsonb_agg(distinct jsonb_build_object('kind', g.kind, 'name', g.name, 'role', c.role, 'privilege',
       g.privilege || case when g.is_grantable then ' with grant option' else '' end)), '[]')
     from granted g join company c on c.oid = g.grantee
     where g.is_grantable or (g.kind = 'table' and g.privilege not in ('select', 'insert', 'update', 'delete'))
       or g.kind = 'sequence' or (g.kind in ('schema', 'database') and g.privilege in ('create', 'temporary'))) as beyond`

/** Grants that nobody should have. Access to single columns is looked at with what is exposed. */
export async function readGrants(client: pg.Client): Promise<Grants> {
  const { rows } = await client.query<Grants>(query)
  const [grants] = rows
  if (grants === undefined) throw new Error('a select without from gave no row')
  return grants
}

export async function revokeFromPublic(client: pg.Client, { kind, name }: GrantedObject): Promise<void> {
  await client.query(`revoke all on ${kind} ${name} from public`)
}
