import { role, withoutCompany } from './normalise.ts'

const command = `case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end`

const policies = `select r.company, 'policy' as kind, r.place as "on", quote_ident(p.polname) as name,
    concat('as ', case when p.polpermissive then 'permissive' else 'restrictive' end, ' for ', ${command}, ' to ',
      (select string_agg(${role('o.oid', 'r')}, ', ' order by o.oid::regrole::text collate "C") from unnest(p.polroles) o (oid)),
      ' using (' || ${withoutCompany('pg_get_expr(p.polqual, p.polrelid)', 'r')} || ')',
      ' with check (' || ${withoutCompany('pg_get_expr(p.polwithcheck, p.polrelid)', 'r')} || ')') as definition
  from relation r join pg_policy p on p.polrelid = r.oid where r.relkind in ('r', 'p')`

const rowSecurity = `select r.company, 'row security', r.place, '',
    concat_ws(', ', case when r.relrowsecurity then 'enabled' else 'disabled' end, case when r.relforcerowsecurity then 'forced' end)
  from relation r where r.relkind in ('r', 'p')`

export const securityObjects: readonly string[] = [policies, rowSecurity]
