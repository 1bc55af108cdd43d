import type pg from 'pg'

export interface RoleFaults {
  readonly attributes: readonly { readonly role: string; readonly attribute: string }[]
  /** Roles of dbsvc that are to log in and cannot, or the other way round. */
  readonly logins: readonly string[]
  readonly memberships: readonly { readonly role: string; readonly of: string }[]
  readonly ownerships: readonly { readonly role: string; readonly objects: number }[]
}

const logins = `('database_service_role', 'dbsvc_router', 'dbsvc_observer')`
const own = `('dbsvc_owner', 'dbsvc_keeper', 'dbsvc_companies', 'database_service_role', 'dbsvc_router', 'dbsvc_observer')`
/** The roles that log in, companies' own among them. */
const logsIn = `(r.rolname in ${logins} or r.rolname in (select login_role from dbsvc.companies))`

/** What dbsvc's roles, companies' LOGIN roles among them, can do and should not. Names are quoted where SQL wants it so. */
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
       (select coalesce(jsonb_agg(jsonb_build_object('role', quote_ident(r.rolname), 'of', m.roleid::regrole::text)), '[]')
        from pg_auth_members m join pg_roles r on r.oid = m.member
        where (r.rolname in ('dbsvc_companies') or ${logsIn})
          and not (m.roleid = 'dbsvc_companies'::regrole and r.rolname not in ${logins})
          and not (m.roleid = 'pg_read_all_settings'::regrole and r.rolname = 'dbsvc_observer')) as memberships,
       (select coalesce(jsonb_agg(jsonb_build_object('role', quote_ident(owned.rolname), 'objects', owned.objects)), '[]')
        from (
          select r.rolname, count(*) as objects from pg_shdepend d join pg_roles r on r.oid = d.refobjid
          where d.refclassid = 'pg_authid'::regclass and d.deptype = 'o'
            and d.dbid in (0, (select oid from pg_database where datname = current_database())) and ${logsIn}
          group by r.rolname
        ) owned) as ownerships`,
  )
  const [faults] = rows
  if (faults === undefined) throw new Error('a select without from gave no row')
  return faults
}
