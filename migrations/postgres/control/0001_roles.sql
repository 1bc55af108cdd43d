-- Up Migration
-- The roles dbsvc works with. They belong to the whole server, so another database of it may have made them already.

do $$
declare
  wanted record;
  found record;
begin
  for wanted in
    select * from (values
      -- Migrations run as this role: it owns what they create, and is subject to row security.
      ('dbsvc_owner', false),
      -- Owns the context keys and the functions that verify a context; nobody logs in as it.
      ('dbsvc_keeper', false),
      -- Companies that were given a LOGIN role are members of this one.
      ('dbsvc_companies', false),
      -- The shared role every request arrives with.
      ('database_service_role', true)
    ) as role (name, login)
  loop
    begin
      execute format('create role %I %s nosuperuser nobypassrls nocreatedb nocreaterole noreplication noinherit',
        wanted.name, case when wanted.login then 'login' else 'nologin' end);
    exception when duplicate_object or unique_violation then
      null;
    end;
    select * into strict found from pg_catalog.pg_roles where rolname = wanted.name;
    if found.rolsuper or found.rolbypassrls or found.rolcreaterole or found.rolcreatedb or found.rolreplication then
      raise exception 'role % exists with attributes that pierce isolation', wanted.name
        using hint = format('ALTER ROLE %I NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION', wanted.name);
    end if;
  end loop;
  if exists (
    select from pg_catalog.pg_auth_members where member = 'database_service_role'::regrole
  ) then
    raise exception 'database_service_role is a member of another role; it must be a member of none';
  end if;
  -- A user that is no superuser must be a member to act as these roles.
  if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
    execute format('grant dbsvc_owner, dbsvc_keeper to %I', current_user);
  end if;
end
$$;

create schema dbsvc;
revoke all on schema dbsvc from public;
grant usage on schema dbsvc to dbsvc_owner, dbsvc_keeper, dbsvc_companies, database_service_role;

alter default privileges for role dbsvc_owner revoke execute on functions from public;
alter default privileges for role dbsvc_keeper revoke execute on functions from public;
