import type pg from 'pg'

/**
 * Routines that run as their owner and look names up where whoever calls them says, as SQL writes them. Bodies that are parsed when
 * they are made (BEGIN ATOMIC) look nothing up any more. Extensions answer for their own.
 */
export async function findLooseDefiners(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ routine: string }>(
    `select p.oid::regprocedure::text as routine
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where p.prosecdef and p.prosqlbody is null
       and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
       and not exists (select from pg_depend e where e.classid = 'pg_proc'::regclass and e.objid = p.oid and e.deptype = 'e')
       and not exists (
         select from unnest(p.proconfig) setting
         where setting like 'search\\_path=%' and setting !~ '\\$user'
           -- Without pg_temp at its end, tables of the session's own come first.
           and setting ~ 'pg_temp"?$'
       )
     order by 1`,
  )
  return rows.map(({ routine }) => routine)
}
