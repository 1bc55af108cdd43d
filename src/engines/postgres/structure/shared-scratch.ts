import type pg from 'pg'

const aside = 'dbsvc_aside'

interface SharedFacts {
  readonly owner: string
  readonly open: boolean
  readonly hidden: boolean
  readonly extensions: boolean
}

/**
 * Makes room for a second `public`. Renaming a schema locks none of its tables, and is undone with the transaction; under
 * another name the migrations' time series and `public.…` in their functions would not be the same.
 * @returns the real schema's name meanwhile, to be searched behind the new one where extensions live in it, else null
 */
export async function prepareShared(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<SharedFacts>(
    `select n.nspowner::regrole::text as owner,
       exists (select from aclexplode(n.nspacl) g where g.grantee = 0 and g.privilege_type = 'USAGE') as open,
       to_regnamespace('private_shared') is not null as hidden,
       exists (select from pg_depend d join pg_depend e on e.classid = d.classid and e.objid = d.objid and e.deptype = 'e'
         where d.refclassid = 'pg_namespace'::regclass and d.refobjid = n.oid) as extensions
     from pg_namespace n where n.nspname = 'public'`,
  )
  const facts = rows[0] ?? { owner: 'pg_database_owner', open: false, hidden: false, extensions: false }
  await client.query(
    [
      `alter schema public rename to ${aside};`,
      facts.hidden ? `alter schema private_shared rename to ${aside}_private;` : '',
      `create schema public authorization ${facts.owner};`,
      facts.open ? 'grant usage on schema public to public;' : '',
      // As the control schema leaves it; the owner and the openness to everybody are the server's own.
      `grant usage, create on schema public to dbsvc_owner;
       grant usage on schema public to database_service_role, dbsvc_companies;
       alter default privileges for role dbsvc_owner in schema public
         grant select, insert, update, delete on tables to database_service_role, dbsvc_companies;
       delete from dbsvc.time_series where schema_name = 'public';`,
    ].join('\n'),
  )
  return facts.extensions ? aside : null
}
