-- Up Migration
-- What every role may do in PostgreSQL by default, and no company should: change settings, see or end other sessions, take
-- locks that outlive a statement, run SQL out of a string. Only a superuser may revoke these; elsewhere a warning says so.

/*
refuse_drop_owned keeps DROP OWNED from those whom row security names: run by a role on itself, it takes the role out of every
policy, dbsvc's proof included, and needs no right on the tables.
*/
create function dbsvc.refuse_drop_owned() returns event_trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if exists (
    select from pg_roles
    where rolname in (session_user, current_user) and not rolsuper
      and (rolname = 'database_service_role' or pg_has_role(oid, 'dbsvc_companies', 'usage'))
  ) then
    raise exception 'permission denied for DROP OWNED' using errcode = '42501';
  end if;
end
$$;
revoke all on function dbsvc.refuse_drop_owned from public;

do $$
declare
  routine record;
begin
  if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
    raise warning 'not a superuser: built-in functions such as set_config stay open to companies; the guard of the router must refuse them';
    return;
  end if;
  for routine in
    select oid::regprocedure as signature, proname from pg_catalog.pg_proc
    where pronamespace = 'pg_catalog'::regnamespace and prokind = 'f' and (
      proname in (
        'set_config', 'setseed', 'lastval', 'pg_notify', 'pg_listening_channels', 'pg_notification_queue_usage',
        'pg_terminate_backend', 'pg_cancel_backend', 'pg_blocking_pids', 'pg_safe_snapshot_blocking_pids',
        'pg_export_snapshot', 'pg_logical_emit_message', 'pg_stat_get_activity', 'pg_stat_get_progress_info', 'pg_lock_status',
        'pg_prepared_statement', 'pg_prepared_xact', 'pg_cursor', 'ts_stat', 'ts_rewrite', 'loread', 'lowrite', 'lo_import', 'lo_export',
        'query_to_xml', 'query_to_xmlschema', 'query_to_xml_and_xmlschema'
      )
      or proname ~ '^(pg_(try_)?advisory_|lo_|pg_stat_get_backend_|(cursor|table|schema|database)_to_xml)'
    )
  loop
    execute format('revoke execute on function %s from public', routine.signature);
    if routine.proname ~ '^(pg_stat_get_|pg_lock_status|pg_blocking_pids|pg_safe_snapshot)' then
      execute format('grant execute on function %s to pg_monitor', routine.signature);
    end if;
  end loop;
  grant execute on function pg_catalog.set_config(text, text, boolean) to dbsvc_keeper, dbsvc_owner;
  create event trigger dbsvc_refuse_drop_owned on ddl_command_start when tag in ('DROP OWNED')
    execute function dbsvc.refuse_drop_owned();
  -- Without it there is no DO, which runs any number of statements where one is expected.
  revoke usage on language plpgsql from public;
  grant usage on language plpgsql to dbsvc_owner, dbsvc_keeper;
  revoke select on pg_catalog.pg_stat_activity, pg_catalog.pg_stat_replication, pg_catalog.pg_stat_ssl, pg_catalog.pg_stat_gssapi,
    pg_catalog.pg_locks, pg_catalog.pg_prepared_statements, pg_catalog.pg_prepared_xacts, pg_catalog.pg_cursors from public;
  grant select on pg_catalog.pg_stat_activity, pg_catalog.pg_stat_replication, pg_catalog.pg_stat_ssl, pg_catalog.pg_stat_gssapi,
    pg_catalog.pg_locks to pg_monitor;

  -- Comparisons that neither fail nor tell anything of their arguments: row security may use an index under them.
  for routine in
    select oid::regprocedure as signature, proname from pg_catalog.pg_proc
    where pronamespace = 'pg_catalog'::regnamespace
      and proname ~ '^(numeric_(eq|ne|lt|le|gt|ge)|(timestamptz_(eq|ne|lt|le|gt|ge)_date)|(date_(eq|ne|lt|le|gt|ge)_timestamptz))$'
  loop
    execute format('alter function %s leakproof', routine.signature);
  end loop;
end
$$;
