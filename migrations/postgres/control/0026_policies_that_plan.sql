-- Up Migration
-- Plans under row security that are as good as those without. PostgreSQL took each condition of a policy for one that leaves few of the rows: a look-up for
-- half, the user's for one of all users. So it expected ten rows where two thousand came, and joined and sorted accordingly: a report of one company's month took eight
-- times what it takes without policies. What the policies let through stays as it was.

/*
row_policies are the conditions of the policies of one table: what company_isolation shows, what company_proof lets a company read and write, and
what user_update and user_delete let a user change. For a shared table the company is null.

A company's rows of a shared table are found by its key, in both of its conditions, as before: so a missing context raises before any row is looked at. The proof is no equality of two expressions: the planner may
replace one side of such a one by a constant of the query's own, such as current_setting(), whose value can change while the query runs. Each other condition is written as
`case … then true end is not unknown`, which PostgreSQL expects of nearly all rows. So it is: who is asked for has passed. It also looks at the statement's own conditions
first where they are LEAKPROOF. No user, which is the empty one, passes each row. A look-up is a query of its own, so that it is done once.
*/
create function dbsvc.row_policies(
  company text, user_column boolean, user_nullable boolean, out shows text, out reads text, out writes text, out changes text
)
  language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  proof text;
begin
  if company is null then
    shows := 'company_id = current_setting(''app.current_company_id'')';
    proof := 'company_id = any (array[(select dbsvc.current_company())])';
  else
    shows := format('(select case when current_setting(''app.current_company_id'', true) = %L or current_user = ''dbsvc_owner'' then true end)
      is not unknown', company);
    proof := format('(select case when dbsvc.current_company() = %L then true end) is not unknown', company);
  end if;
  reads := proof;
  writes := proof;
  if user_column then
    changes := 'case (select dbsvc.current_user_id()) when '''' then true when user_id::text then true end is not unknown';
    writes := proof || ' and ' || changes;
    reads := proof || ' and ' || case when user_nullable then '(user_id is null or ' || changes || ')' else changes end;
  end if;
end
$$;

/* protect_rows is as in 0008_cheaper_protection, but for those conditions. */
create or replace function dbsvc.protect_rows(p_scope text, p_schemas text[]) returns void
  language plpgsql set search_path = pg_catalog, pg_temp
  -- Planned once a session, and not for each of its first five batches.
  set plan_cache_mode = force_generic_plan as $$
declare
  t record;
  place text;
  company text;
  wanted record;
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

    select * into wanted from dbsvc.row_policies(company, t.user_column, t.user_nullable);
    if not coalesce(t.policies, '{}') @> array['company_isolation'] then
      execute format('create policy company_isolation on %s to database_service_role, dbsvc_companies%s using (%s)',
        place, case when company is not null then ', dbsvc_owner' end, wanted.shows);
    end if;
    if company is null and not coalesce(t.policies, '{}') @> array['owner_access'] then
      execute format('create policy owner_access on %s to dbsvc_owner using (true)', place);
    end if;

    -- Where a context is missing it raises and never hides rows: company_isolation alone would hide them.
    if not t.proven then
      if coalesce(t.policies, '{}') @> array['company_proof'] then
        execute format('drop policy company_proof on %s', place);
      end if;
      execute format('create policy company_proof on %s as restrictive to database_service_role, dbsvc_companies
        using (%s) with check (%s)', place, wanted.reads, wanted.writes);
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
        using (%s)', place, wanted.changes);
      execute format('create policy user_delete on %s as restrictive for delete to database_service_role, dbsvc_companies
        using (%s)', place, wanted.changes);
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

/* renew_policies writes the conditions of the given schemas' tables as protect_rows now does; as dbsvc_owner. */
create function dbsvc.renew_policies(p_schemas text[]) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  t record;
  company text;
  wanted record;
  place text;
begin
  for t in
    select r.* from dbsvc.relations_of(p_schemas) r
    where r.own and r.kind in ('r', 'p') and r.proven
  loop
    place := format('%I.%I', t.schema_name, t.table_name);
    company := case when t.schema_name like 'tenant\_%' then substr(t.schema_name, length('tenant_') + 1) end;
    select * into wanted from dbsvc.row_policies(company, t.user_column, t.user_nullable);
    -- That of a shared table is as it was, and often a migration's own.
    if company is not null and t.policies @> array['company_isolation'] then
      execute format('alter policy company_isolation on %s using (%s)', place, wanted.shows);
    end if;
    execute format('alter policy company_proof on %s using (%s) with check (%s)', place, wanted.reads, wanted.writes);
    if t.user_nullable and t.policies @> array['user_update', 'user_delete'] then
      execute format('alter policy user_update on %s using (%s)', place, wanted.changes);
      execute format('alter policy user_delete on %s using (%s)', place, wanted.changes);
    end if;
  end loop;
end
$$;
revoke all on function dbsvc.row_policies, dbsvc.renew_policies from public;
grant execute on function dbsvc.row_policies, dbsvc.renew_policies to dbsvc_owner;

select dbsvc.renew_policies(array['public']);

/*
outdated_policies are the companies whose tables still have the conditions of before. Thousands of them do not fit into this
transaction, which would lock each table: dbsvc takes them in batches behind it.
*/
create table dbsvc.outdated_policies (
  company_id text primary key references dbsvc.companies (company_id) on delete cascade
);
insert into dbsvc.outdated_policies select company_id from dbsvc.companies;
