-- Up Migration
-- Protection at a third of the cost, which every batch of a migration pays. What is looked at and what is demanded stays as it was.

/*
relations_of lists what the given schemas hold; by pg_depend, because pg_class has no index that starts with the schema. It has no search_path
of its own, unlike all that call it, so that their queries take it in and leave out what they do not ask for.
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
  -- What a policy calls is read off its stored tree, by the function's number: pg_get_expr would open every table of every company.
  cross join (
    select ':funcid ' || 'dbsvc.current_company()'::regprocedure::oid || ' ' as company,
      ':funcid ' || 'dbsvc.current_user_id()'::regprocedure::oid || ' ' as user_id
  ) call
  left join lateral (
    select array_agg(polname::text) as names,
      bool_or(case when polname = 'company_proof' and not polpermissive and polcmd = '*'
        and array['database_service_role'::regrole::oid, 'dbsvc_companies'::regrole::oid] <@ polroles
      then (
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

/*
protect brings every relation of the given schemas, all of one scope, under row security, or raises. It changes only what is not
so already, and runs in the transaction of the migration, as dbsvc_owner:
  company_isolation  permissive, on the setting app.current_company_id
  company_proof      restrictive, on the signed context; with a user in it, on user_id too
  user_update, user_delete   restrictive: a row without user_id belongs to the company, a user may read and not change it
  owner_access       permissive, for migrations on shared tables
*/
create or replace function dbsvc.protect(p_scope text, p_schemas text[]) returns void
  language plpgsql set search_path = pg_catalog, pg_temp
  -- Planned once a session, and not for each of its first five batches.
  set plan_cache_mode = force_generic_plan as $$
declare
  t record;
  place text;
  company text;
  proof text;
  user_read text;
  user_write text;
  changed text[] := '{}';
  unsecured text[] := '{}';
begin
  if exists (select from dbsvc.exemptions e where e.scope = p_scope) then
    -- What all companies share without protection, none of them may change; what each has of its own, none may reach at all.
    for t in
      select format('%I.%I', r.schema_name, r.table_name) as place
      from dbsvc.relations_of(p_schemas) r
      join dbsvc.exemptions e on e.scope = p_scope and e.table_name = r.table_name
      where r.own and (has_any_column_privilege('database_service_role', r.relation, 'insert, update')
        or has_any_column_privilege('dbsvc_companies', r.relation, 'insert, update'))
    loop
      execute format('revoke %s on %s from database_service_role, dbsvc_companies',
        case p_scope when 'tenant' then 'all' else 'insert, update, delete' end, t.place);
    end loop;
  end if;

  for t in
    select r.* from dbsvc.relations_of(p_schemas) r
    where not exists (select from dbsvc.exemptions e where e.scope = p_scope and e.table_name = r.table_name)
      and (r.kind not in ('r', 'p') or not r.secured or not r.proven
        or (r.user_nullable and not r.policies @> array['user_update', 'user_delete']))
      and (r.own or r.reachable)
  loop
    changed := changed || t.schema_name;
    -- Made as somebody else, behind the back of this; whether that may be, the check at the end says.
    continue when not t.own;
    place := format('%I.%I', t.schema_name, t.table_name);
    if t.kind = 'v' then
      if not t.barrier then
        execute format('alter view %s set (security_invoker = true)', place);
      end if;
      continue;
    elsif t.kind in ('m', 'f') then
      -- Neither kind can have policies.
      if has_table_privilege('database_service_role', t.relation, 'select')
        or has_table_privilege('dbsvc_companies', t.relation, 'select') then
        execute format('revoke all on %s from public, database_service_role, dbsvc_companies', place);
      end if;
      continue;
    end if;

    if not t.secured then
      unsecured := unsecured || place;
    end if;
    company := case when p_scope = 'tenant' then substr(t.schema_name, length('tenant_') + 1) end;
    if company is null and not t.company_column then
      if not coalesce(t.policies, '{}') @> array['owner_access'] then
        execute format('create policy owner_access on %s to dbsvc_owner using (true)', place);
      end if;
      if t.policies is null then
        execute format('revoke all on %s from public, database_service_role, dbsvc_companies', place);
      end if;
      continue;
    end if;

    if not coalesce(t.policies, '{}') @> array['company_isolation'] then
      if company is null then
        execute format('create policy company_isolation on %s to database_service_role, dbsvc_companies
          using (company_id = current_setting(''app.current_company_id''))', place);
      else
        execute format('create policy company_isolation on %s to database_service_role, dbsvc_companies, dbsvc_owner
          using ((select current_setting(''app.current_company_id'', true) = %L or current_user = ''dbsvc_owner''))', place, company);
      end if;
    end if;
    if company is null and not coalesce(t.policies, '{}') @> array['owner_access'] then
      execute format('create policy owner_access on %s to dbsvc_owner using (true)', place);
    end if;

    -- None of these is an equality of two expressions: the planner may replace one side of such a proof by a constant of the
    -- query's own, such as current_setting(), whose value can change while the query runs. '' stands for no user.
    user_write := case when t.user_column
      then ' and (select dbsvc.current_user_id()) = any (array['''', user_id::text])' else '' end;
    user_read := case when t.user_nullable
      then ' and (user_id is null or (select dbsvc.current_user_id()) = any (array['''', user_id::text]))' else user_write end;
    -- A bare boolean is looked at before company_isolation, so that a missing context raises and never hides rows.
    proof := case when company is null then 'company_id = any (array[(select dbsvc.current_company())])'
      else format('(select dbsvc.current_company() = %L)', company) end;
    if not t.proven then
      if coalesce(t.policies, '{}') @> array['company_proof'] then
        execute format('drop policy company_proof on %s', place);
      end if;
      execute format('create policy company_proof on %s as restrictive to database_service_role, dbsvc_companies
        using (%s) with check (%s)', place, proof || user_read, proof || user_write);
      if company is not null and not has_table_privilege('database_service_role', t.relation, 'select') then
        execute format('grant select, insert, update, delete on %s to database_service_role', place);
      end if;
    end if;
    if t.user_nullable and not coalesce(t.policies, '{}') @> array['user_update', 'user_delete'] then
      if t.policies @> array['user_update'] then
        execute format('drop policy user_update on %s', place);
      end if;
      if t.policies @> array['user_delete'] then
        execute format('drop policy user_delete on %s', place);
      end if;
      execute format('create policy user_update on %s as restrictive for update to database_service_role, dbsvc_companies
        using (%s)', place, substr(user_write, length(' and ') + 1));
      execute format('create policy user_delete on %s as restrictive for delete to database_service_role, dbsvc_companies
        using (%s)', place, substr(user_write, length(' and ') + 1));
    end if;
  end loop;

  -- Last, and forced first: each change of a table with row security on has PostgreSQL read all its policies anew.
  foreach place in array unsecured loop
    execute format('alter table %s force row level security, enable row level security', place);
  end loop;

  -- What was left alone is as it should be, by the measure of dbsvc.unprotected.
  if changed <> '{}' then
    perform dbsvc.require_protected(p_scope, changed);
  end if;
end
$$;
