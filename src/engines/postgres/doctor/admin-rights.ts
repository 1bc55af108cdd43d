import type pg from 'pg'

export interface AdminRights {
  /** Quoted where SQL wants it so. */
  readonly user: string
  readonly database: string
  readonly superuser: boolean
  readonly createRole: boolean
  readonly ownsDatabase: boolean
  /** dbsvc's roles that exist and that the user may not grant. */
  readonly lacking: readonly string[]
}

/** What the connected user may do. Before PostgreSQL 16, CREATEROLE alone was enough to grant any role. */
export async function readAdminRights(client: pg.Client): Promise<AdminRights> {
  const { rows } = await client.query<AdminRights>(
    `select quote_ident(r.rolname) as user, quote_ident(d.datname) as database, r.rolsuper as superuser,
       r.rolcreaterole as "createRole", pg_has_role(d.datdba, 'member') as "ownsDatabase",
       array(
         select role from unnest(array['dbsvc_owner', 'dbsvc_keeper', 'dbsvc_companies', 'database_service_role', 'dbsvc_router', 'dbsvc_observer']) as role
         where to_regrole(role) is not null
           and not (current_setting('server_version_num')::integer < 160000 and r.rolcreaterole)
           and not pg_has_role(to_regrole(role)::oid, 'member with admin option')
       ) as lacking
     from pg_roles r, pg_database d where r.rolname = current_user and d.datname = current_database()`,
  )
  const [rights] = rows
  if (rights === undefined) throw new Error('the connected user is not in pg_roles')
  return rights
}
