import type { Queries } from './lasting-client.ts'
import { routerLogin, sharedLogin } from './logins.ts'

export interface ExcessRights {
  readonly role: string
  /** Such as `SUPERUSER`, `member of postgres`, `owner of 3 objects`. */
  readonly rights: readonly string[]
}

/** The logins that serve, where they can do what no grant keeps in bounds; nothing, if all is well. */
export async function readExcessRights(client: Queries): Promise<ExcessRights[]> {
  const { rows } = await client.query<ExcessRights>(
    `select r.rolname as role, found.rights
     from pg_catalog.pg_roles r cross join lateral (
       select array(
         select name from (values
           ('SUPERUSER', r.rolsuper), ('BYPASSRLS', r.rolbypassrls), ('CREATEROLE', r.rolcreaterole), ('CREATEDB', r.rolcreatedb),
           ('REPLICATION', r.rolreplication)) as attribute (name, has) where has
         union all
         select 'member of ' || m.roleid::regrole::text from pg_catalog.pg_auth_members m where m.member = r.oid
         union all
         select 'owner of the database' from pg_catalog.pg_database d where d.datname = current_database() and d.datdba = r.oid
         union all
         select 'owner of ' || count(*) || ' objects' from pg_catalog.pg_shdepend d
         where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid and d.deptype = 'o'
           and d.dbid = (select oid from pg_catalog.pg_database where datname = current_database())
         having count(*) > 0
       ) as rights
     ) found
     where r.rolname = any ($1) and found.rights <> '{}' order by 1`,
    [[routerLogin.role, sharedLogin.role]],
  )
  return rows
}
