-- Up Migration
-- Protection at half the cost: what a policy calls is read off its dependencies, and its trees, which are stored out of line and packed, only where those do
-- not tell. What is looked at and what is demanded stays as it was.

/*
relations_of is as in 0008_cheaper_protection, but for that. PostgreSQL keeps the dependencies of a policy's two conditions apart, each function
once for each: two rows of one function are one of each condition.
*/
create or replace function dbsvc.relations_of(p_schemas text[])
  returns table (
    schema_name text, relation oid, table_name text, kind "char", secured boolean,
    company_column boolean, user_column boolean, user_nullable boolean, policies text[], proven boolean, barrier boolean, own boolean, reachable boolean
  )
  language sql stable as $$
  select n.nspname, c.oid, c.relname, c.relkind, c.relrowsecurity and c.relforcerowsecurity,
    exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped),
    u.attnum is not null, u.attnum is not null and not u.attnotnull,
    p.names, coalesce(p.proven, false),
    coalesce(c.reloptions, '{}') @> array['security_invoker=true']
      or exists (select from dbsvc.time_series s where s.schema_name = n.nspname and s.view_name = c.relname),
    c.relowner = 'dbsvc_owner'::regrole,
    has_any_column_privilege('database_service_role', c.oid, 'select, insert, update')
      or has_any_column_privilege('dbsvc_companies', c.oid, 'select, insert, update')
  from pg_namespace n
  join pg_depend d on d.refclassid = 'pg_namespace'::regclass and d.refobjid = n.oid
    and d.classid = 'pg_class'::regclass and d.objsubid = 0 and d.deptype = 'n'
  join pg_class c on c.oid = d.objid and c.relkind in ('r', 'p', 'v', 'm', 'f')
  left join pg_attribute u on u.attrelid = c.oid and u.attname = 'user_id' and not u.attisdropped
  -- Where its stored tree is read, it is by the function's number: pg_get_expr would open every table of every company.
  cross join (
    select ':funcid ' || 'dbsvc.current_company()'::regprocedure::oid || ' ' as company,
      ':funcid ' || 'dbsvc.current_user_id()'::regprocedure::oid || ' ' as user_id,
      'dbsvc.current_company()'::regprocedure::oid as company_function,
      'dbsvc.current_user_id()'::regprocedure::oid as user_function
  ) call
  left join lateral (
    select array_agg(polname::text) as names,
      bool_or(case when polname = 'company_proof' and not polpermissive and polcmd = '*'
        and array['database_service_role'::regrole::oid, 'dbsvc_companies'::regrole::oid] <@ polroles
      then (
        -- One row for each of its two conditions that calls the function.
        select count(*) filter (where g.refobjid = call.company_function) = 2
          and (u.attnum is null or count(*) filter (where g.refobjid = call.user_function) = 2)
        from pg_depend g
        where g.classid = 'pg_policy'::regclass and g.objid = pg_policy.oid and g.refclassid = 'pg_proc'::regclass
      ) and (u.attnum is null or u.attnotnull or split_part(polqual::text, '{NULLTEST ', 2) <> '')
      or (
        -- Joined to '' a tree is fetched and unpacked once. split_part searches as strpos does, and does not count characters.
        select split_part(tree.qual, call.company, 2) <> ''
          and split_part(tree.with_check, call.company, 2) <> ''
          -- A user_id that came, or became nullable, after the policy.
          and (u.attnum is null or split_part(tree.qual, call.user_id, 2) <> '')
          and (u.attnum is null or u.attnotnull or split_part(tree.qual, '{NULLTEST ', 2) <> '')
        from (select polqual::text || '' as qual, polwithcheck::text || '' as with_check offset 0) tree
      ) end) as proven
    from pg_policy where polrelid = c.oid
  ) p on true
  where n.nspname = any (p_schemas)
    -- An extension's own views are left to it.
    and (c.relowner = 'dbsvc_owner'::regrole
      or not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e'))
$$;
