-- Up Migration
-- What dbsvc_owner sees of shared tables with company_id: everything where dbsvc works for all companies; nothing in a migration of
-- companies, which would copy others' rows into each; and in a function with SECURITY DEFINER that a company calls, its own rows.

-- Whoever is no superuser can give an object only to a role that may create there; taken back at the end.
grant create on schema dbsvc to dbsvc_keeper;

/* owner_sees_all tells whether dbsvc_owner works for all companies. dbsvc.migrating is set by migrations; no company can run one. */
create function dbsvc.owner_sees_all() returns boolean
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
begin
  if current_setting('dbsvc.migrating', true) = 'tenant' then
    raise exception 'a migration of companies may not reach rows of a shared table'
      using errcode = '42501', constraint = 'dbsvc_shared_rows';
  end if;
  return session_user <> 'database_service_role' and dbsvc.login_company() is null;
end
$$;
alter function dbsvc.owner_sees_all() owner to dbsvc_keeper;
revoke all on function dbsvc.owner_sees_all from public;
grant execute on function dbsvc.owner_sees_all to dbsvc_owner;

/* narrow_owner brings owner_access of the given schemas' tables with company_id to that; it changes only what is not so already. */
create function dbsvc.narrow_owner(p_schemas text[]) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  t record;
  sight text := 'case when (select dbsvc.owner_sees_all()) then true
    else company_id = any (array[(select dbsvc.current_company())]) end';
begin
  for t in
    select format('%I.%I', r.schema_name, r.table_name) as place
    from dbsvc.relations_of(p_schemas) r
    join pg_policy p on p.polrelid = r.relation and p.polname = 'owner_access'
    where r.own and r.company_column
      and strpos(p.polqual::text, ':funcid ' || 'dbsvc.owner_sees_all()'::regprocedure::oid || ' ') = 0
  loop
    execute format('alter policy owner_access on %s using (%s) with check (%s)', t.place, sight, sight);
  end loop;
end
$$;
revoke all on function dbsvc.narrow_owner from public;
grant execute on function dbsvc.narrow_owner to dbsvc_owner;

alter function dbsvc.protect(text, text[]) rename to protect_rows;

/* protect brings every relation of the given schemas, all of one scope, under row security, or raises: see protect_rows. */
create function dbsvc.protect(p_scope text, p_schemas text[]) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform dbsvc.protect_rows(p_scope, p_schemas);
  if p_scope = 'shared' then
    perform dbsvc.narrow_owner(p_schemas);
  end if;
end
$$;
revoke all on function dbsvc.protect from public;
grant execute on function dbsvc.protect to dbsvc_owner;

select dbsvc.narrow_owner(array['public']);

revoke create on schema dbsvc from dbsvc_keeper;
