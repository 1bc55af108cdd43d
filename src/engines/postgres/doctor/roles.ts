import type pg from 'pg'

export interface Membership {
  readonly role: string
  readonly of: string
  /** Whose grant that is, where a superuser's REVOKE has to name him. */
  readonly grantor: string | null
}

export interface Bypass {
  readonly role: string
  /** The predefined role by which it has rights on everything. */
  readonly everything: string | null
  /** How many tables and views of companies, or shared by them, it has rights on. */
  readonly relations: number
  readonly example: string | null
}

export interface RoleFaults {
  readonly attributes: readonly { readonly role: string; readonly attribute: string }[]
  /** Roles of dbsvc that are to log in and cannot, or the other way round. */
  readonly logins: readonly string[]
  readonly memberships: readonly Membership[]
  readonly ownerships: readonly { readonly role: string; readonly objects: number }[]
  /** Roles of others that row security does not hold for. */
  readonly bypasses: readonly Bypass[]
}

const logins = `('database_service_role', 'dbsvc_router', 'dbsvc_observer')`
const own = `('dbsvc_owner', 'dbsvc_keeper', 'dbsvc_companies', 'database_service_role', 'dbsvc_router', 'dbsvc_observer')`
/** Whoever is a member of one of them owns tables or keys, or can enter contexts. */
const guarded = `('dbsvc_owner', 'dbsvc_keeper', 'database_service_role')`
/** The roles that log in, companies' own among them. */
const logsIn = `(r.rolname in ${logins} or r.rolname in (select login_role from dbsvc.companies where login_role is not null))`
/** Who sets dbsvc up and migrates must be a member of its roles; a superuser needs to be of none. */
const administers = `(r.rolsuper or r.rolname = session_user
  or r.oid = (select datdba from pg_database where datname = current_database()))`
/** Roles belong to the whole server: who migrates another database of it is a member of the same ones. */
const administersAnother = `(r.rolcreaterole and r.oid in (select datdba from pg_database))`

const memberships = `
  select coalesce(jsonb_agg(jsonb_build_object('role', quote_ident(r.rolname), 'of', m.roleid::regrole::text,
    'grantor', case when not g.rolsuper then quote_ident(g.rolname) end)), '[]')
  from pg_auth_members m join pg_roles r on r.oid = m.member join pg_roles o on o.oid = m.roleid
  left join pg_roles g on g.oid = m.grantor
  where (r.rolname in ${own} or ${logsIn} or (o.rolname in ${guarded} and not ${administers} and not ${administersAnother}))
    and not (o.rolname = 'dbsvc_companies' and r.rolname not in ${own})
    and not (o.rolname = 'pg_read_all_settings' and r.rolname = 'dbsvc_observer')`

// Companies' relations are looked through only where there is such a role.
const bypasses = `
  select coalesce(jsonb_agg(jsonb_build_object('role', quote_ident(r.rolname), 'everything', everything.name,
    'relations', reach.relations, 'example', reach.example)), '[]')
  from pg_roles r
  cross join lateral (
    select min(p.rolname) as name from pg_roles p
    where p.rolname in ('pg_read_all_data', 'pg_write_all_data') and pg_has_role(r.oid, p.oid, 'member')
  ) everything
  cross join lateral (
    select count(distinct c.oid) as relations, min(format('%I.%I', n.nspname, c.relname)) as example
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    cross join lateral (
      select acl.grantee from aclexplode(c.relacl) acl
      union all
      select acl.grantee from pg_attribute a cross join lateral aclexplode(a.attacl) acl where a.attrelid = c.oid and a.attacl is not null
    ) held
    where c.relkind in ('r', 'p', 'v', 'm', 'f')
      and (n.nspname ~ '^(tenant|private)_' or (n.nspname = 'public' and c.relowner = 'dbsvc_owner'::regrole))
      and held.grantee <> 0 and pg_has_role(r.oid, held.grantee, 'member')
  ) reach
  where r.rolbypassrls and not ${administers} and r.rolname not in ${own} and not ${logsIn}
    and (everything.name is not null or reach.relations > 0)`

/** What dbsvc's roles, companies' LOGIN roles among them, can do and should not, and who can do it through them. Names are quoted where SQL wants it so. */
export async function readRoleFaults(client: pg.Client): Promise<RoleFaults> {
  const { rows } = await client.query<RoleFaults>(
    `select
       (select coalesce(jsonb_agg(jsonb_build_object('role', quote_ident(r.rolname), 'attribute', a.name)), '[]')
        from pg_roles r cross join lateral (values
          ('SUPERUSER', r.rolsuper), ('BYPASSRLS', r.rolbypassrls), ('CREATEROLE', r.rolcreaterole), ('CREATEDB', r.rolcreatedb),
          ('REPLICATION', r.rolreplication)) as a (name, has)
        where a.has and (r.rolname in ${own} or ${logsIn})) as attributes,
       array(select r.rolname::text from pg_roles r
        where r.rolname in ${own} and r.rolcanlogin <> (r.rolname in ${logins})) as logins,
       (${memberships}) as memberships,
       (select coalesce(jsonb_agg(jsonb_build_object('role', quote_ident(owned.rolname), 'objects', owned.objects)), '[]')
        from (
          select r.rolname, count(*) as objects from pg_shdepend d join pg_roles r on r.oid = d.refobjid
          where d.refclassid = 'pg_authid'::regclass and d.deptype = 'o'
            and d.dbid in (0, (select oid from pg_database where datname = current_database())) and ${logsIn}
          group by r.rolname
        ) owned) as ownerships,
       (${bypasses}) as bypasses`,
  )
  const [faults] = rows
  if (faults === undefined) throw new Error('a select without from gave no row')
  return faults
}
