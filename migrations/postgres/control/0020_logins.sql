-- Up Migration
-- Two logins beside the one that migrates: dbsvc_router serves, dbsvc_observer looks on. Neither reaches a row of a company. What the
-- router does to tables that hold more than it needs to see, it does through functions.

do $$
declare
  wanted record;
  found record;
begin
  for wanted in
    select * from (values
      -- dbsvc serve logs in as it for what belongs to no company; requests of companies arrive as database_service_role.
      ('dbsvc_router', 'noinherit'),
      -- Inherits the sight of settings below.
      ('dbsvc_observer', 'inherit')
    ) as role (name, inherits)
  loop
    begin
      execute format('create role %I login nosuperuser nobypassrls nocreatedb nocreaterole noreplication %s', wanted.name, wanted.inherits);
    exception when duplicate_object or unique_violation then
      null;
    end;
    select * into strict found from pg_catalog.pg_roles where rolname = wanted.name;
    if found.rolsuper or found.rolbypassrls or found.rolcreaterole or found.rolcreatedb or found.rolreplication then
      raise exception 'role % exists with attributes that pierce isolation', wanted.name
        using hint = format('ALTER ROLE %I NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION', wanted.name);
    end if;
    execute format('grant connect on database %I to %I', current_database(), wanted.name);
  end loop;

  -- Without it pg_settings leaves out what dbsvc doctor looks at. It shows no statement of others, as pg_monitor would.
  begin
    grant pg_read_all_settings to dbsvc_observer;
  exception when insufficient_privilege then
    raise warning 'not a superuser: dbsvc_observer does not see all settings until: grant pg_read_all_settings to dbsvc_observer';
  end;

  if (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
    -- As hardening left them to pg_monitor; whose statements those are is shown, and not what they say.
    grant select on pg_catalog.pg_stat_activity, pg_catalog.pg_stat_replication, pg_catalog.pg_stat_ssl, pg_catalog.pg_locks to dbsvc_observer;
    grant execute on function pg_catalog.pg_stat_get_activity(integer), pg_catalog.pg_lock_status(), pg_catalog.pg_blocking_pids(integer)
      to dbsvc_observer;
    grant execute on function pg_catalog.pg_advisory_lock(integer, integer), pg_catalog.pg_try_advisory_lock(integer, integer),
      pg_catalog.pg_advisory_unlock(integer, integer) to dbsvc_keeper;
  elsif not has_function_privilege('dbsvc_keeper', 'pg_catalog.pg_advisory_lock(integer, integer)', 'execute') then
    raise warning 'not a superuser: dbsvc cannot probe isolation until: grant execute on function pg_advisory_lock(integer, integer), pg_try_advisory_lock(integer, integer), pg_advisory_unlock(integer, integer) to dbsvc_keeper';
  end if;
end
$$;

-- Whoever is no superuser can give an object only to a role that may create there; taken back at the end.
grant create on schema dbsvc to dbsvc_keeper, dbsvc_owner;
grant usage on schema dbsvc to dbsvc_router, dbsvc_observer;

grant select (company_id, tier, limits, state) on dbsvc.companies to dbsvc_router;
grant select on dbsvc.targets, dbsvc.exemptions, dbsvc.time_series, dbsvc.services, dbsvc.service_keys, dbsvc.service_certificates
  to dbsvc_router;

grant select on dbsvc.companies, dbsvc.company_events, dbsvc.placements, dbsvc.runs, dbsvc.run_sessions, dbsvc.run_results, dbsvc.targets,
  dbsvc.ledger, dbsvc.progress, dbsvc.exemptions, dbsvc.time_series, dbsvc.services, dbsvc.service_certificates, dbsvc.authentication_failures
  to dbsvc_observer;
grant select (key_id, service, networks, created_at, expires_at, revoked_at, last_four) on dbsvc.service_keys to dbsvc_observer;
grant select (key_id, created_at, retires_at) on dbsvc.context_keys to dbsvc_observer;
grant execute on function dbsvc.relations_of, dbsvc.unprotected, dbsvc.private_schema_of, dbsvc.is_span, dbsvc.missing_partitions,
  dbsvc.expired_pieces to dbsvc_observer;

-- These look names up in schemas that nobody but dbsvc_owner may use.
alter function dbsvc.missing_partitions(text, text, timestamptz) owner to dbsvc_owner;
alter function dbsvc.missing_partitions(text, text, timestamptz) security definer;
alter function dbsvc.expired_pieces(timestamptz, text, text) owner to dbsvc_owner;
alter function dbsvc.expired_pieces(timestamptz, text, text) security definer;

/* context_key_digests tells whether a machine has the same keys as the database, and nothing that a context could be signed with. */
create function dbsvc.context_key_digests() returns table (key_id text, digest bytea)
  language sql stable security definer
begin atomic
  select k.key_id, sha256(k.inner_pad || k.outer_pad) from dbsvc.context_keys k;
end;
alter function dbsvc.context_key_digests() owner to dbsvc_keeper;

/* prune_idempotency_keys removes keys that have expired, some thousands at most, and returns how many. */
create function dbsvc.prune_idempotency_keys() returns integer
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  pruned integer;
begin
  delete from dbsvc.idempotency_keys where ctid = any (array(
    select ctid from dbsvc.idempotency_keys where expires_at < now() order by expires_at limit 5000 for update skip locked));
  get diagnostics pruned = row_count;
  return pruned;
end
$$;
alter function dbsvc.prune_idempotency_keys() owner to dbsvc_keeper;

grant select, insert, update, delete on dbsvc.authentication_failures to dbsvc_keeper;

/* record_authentication_failures adds up failed attempts; what is recorded can only grow. */
create function dbsvc.record_authentication_failures(
  p_minutes timestamptz[], p_sources text[], p_reasons text[], p_credentials text[], p_attempts bigint[], p_request_ids text[]
) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into dbsvc.authentication_failures as f (minute, source, reason, credential, attempts, last_request_id)
    select minute, source, reason, credential, greatest(attempts, 1), request_id
    from unnest(p_minutes, p_sources, p_reasons, p_credentials, p_attempts, p_request_ids)
      as failure (minute, source, reason, credential, attempts, request_id)
    on conflict (minute, source, reason, credential) do update
    set attempts = f.attempts + excluded.attempts, last_request_id = excluded.last_request_id;
end
$$;
alter function dbsvc.record_authentication_failures(timestamptz[], text[], text[], text[], bigint[], text[]) owner to dbsvc_keeper;

/* forget_authentication_failures removes what is older than so many days, and never the last one. */
create function dbsvc.forget_authentication_failures(p_days integer) returns void
  language sql volatile security definer
begin atomic
  delete from dbsvc.authentication_failures where minute < now() - make_interval(days => greatest(p_days, 1));
end;
alter function dbsvc.forget_authentication_failures(integer) owner to dbsvc_keeper;

revoke all on function dbsvc.context_key_digests, dbsvc.prune_idempotency_keys, dbsvc.record_authentication_failures,
  dbsvc.forget_authentication_failures from public;
grant execute on function dbsvc.context_key_digests to dbsvc_observer;
grant execute on function dbsvc.prune_idempotency_keys, dbsvc.record_authentication_failures, dbsvc.forget_authentication_failures
  to dbsvc_router;

revoke create on schema dbsvc from dbsvc_keeper, dbsvc_owner;
