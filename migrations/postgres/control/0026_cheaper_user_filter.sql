-- Up Migration
-- Rows are filtered by user at a fraction of the cost. The condition was an array made for each row, and PostgreSQL took it for as cheap as the
-- statement's own condition, and so looked at it first: in a point read of a small table, for every row. What it lets through stays as it was.

/*
row_proofs are the conditions of the policies of one table: what company_proof lets a company read and write, and what user_update and
user_delete let a user change. For a shared table the company is null.

None of them is an equality of two expressions: the planner may replace one side of such a proof by a constant of the query's own, such as
current_setting(), whose value can change while the query runs. No user, which is the empty one, passes each row.
*/
create function dbsvc.row_proofs(company text, user_column boolean, user_nullable boolean, out reads text, out writes text, out changes text)
  language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  proof text := case when company is null then 'company_id = any (array[(select dbsvc.current_company())])'
    else format('(select dbsvc.current_company() = %L)', company) end;
begin
  reads := proof;
  writes := proof;
  if user_column then
    changes := 'coalesce(nullif((select dbsvc.current_user_id()), ''''), user_id::text) is not distinct from user_id::text';
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
  proof record;
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

    select * into proof from dbsvc.row_proofs(company, t.user_column, t.user_nullable);
    -- A bare boolean is looked at before company_isolation, so that a missing context raises and never hides rows.
    if not t.proven then
      if coalesce(t.policies, '{}') @> array['company_proof'] then
        execute format('drop policy company_proof on %s', place);
      end if;
      execute format('create policy company_proof on %s as restrictive to database_service_role, dbsvc_companies
        using (%s) with check (%s)', place, proof.reads, proof.writes);
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
        using (%s)', place, proof.changes);
      execute format('create policy user_delete on %s as restrictive for delete to database_service_role, dbsvc_companies
        using (%s)', place, proof.changes);
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

/* renew_policies writes the conditions by user of the given schemas' tables as protect_rows now does; as dbsvc_owner. */
create function dbsvc.renew_policies(p_schemas text[]) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  t record;
  company text;
  proof record;
  place text;
begin
  for t in
    select r.* from dbsvc.relations_of(p_schemas) r
    where r.own and r.kind in ('r', 'p') and r.user_column and r.proven
  loop
    place := format('%I.%I', t.schema_name, t.table_name);
    company := case when t.schema_name like 'tenant\_%' then substr(t.schema_name, length('tenant_') + 1) end;
    select * into proof from dbsvc.row_proofs(company, true, t.user_nullable);
    execute format('alter policy company_proof on %s using (%s) with check (%s)', place, proof.reads, proof.writes);
    if t.policies @> array['user_update', 'user_delete'] then
      execute format('alter policy user_update on %s using (%s)', place, proof.changes);
      execute format('alter policy user_delete on %s using (%s)', place, proof.changes);
    end if;
  end loop;
end
$$;
revoke all on function dbsvc.row_proofs, dbsvc.renew_policies from public;
grant execute on function dbsvc.row_proofs, dbsvc.renew_policies to dbsvc_owner;

select dbsvc.renew_policies(array['public']);

/*
outdated_policies are the companies whose tables still have the conditions of before. Thousands of them do not fit into this
transaction, which would lock each table: dbsvc takes them in batches behind it.
*/
create table dbsvc.outdated_policies (
  company_id text primary key references dbsvc.companies (company_id) on delete cascade
);
insert into dbsvc.outdated_policies select company_id from dbsvc.companies;
