-- Up Migration
-- What the router does to public.service_registry, which belongs to no company and which migrations of the shared scope make.

-- Whoever is no superuser can give an object only to a role that may create there; taken back at the end.
grant create on schema dbsvc to dbsvc_owner;

/* lookup_services describes the service of that name, or all; those silent for longer than p_silence are expired. */
create function dbsvc.lookup_services(p_silence interval, p_name text, p_expired boolean) returns setof json
  language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query
    select json_build_object(
      'name', service_name, 'host', service_host, 'port', service_port, 'healthEndpoint', health_endpoint,
      'status', case when last_heartbeat < now() - p_silence then 'expired' else status end, 'metadata', metadata::text,
      'lastHeartbeat', to_char(last_heartbeat at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
    from public.service_registry
    where (p_name is null or service_name = p_name) and (p_expired or last_heartbeat >= now() - p_silence)
    order by service_name collate "C";
end
$$;

/* expire_services sets to inactive whoever else has been silent for too long. */
create function dbsvc.expire_services(p_silence interval, p_but text) returns void
  language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  update public.service_registry set status = 'inactive'
    where status = 'active' and last_heartbeat < now() - p_silence and service_name <> p_but;
end
$$;

/* register_service enters a service, or anew, and describes it. */
create function dbsvc.register_service(
  p_silence interval, p_name text, p_host text, p_port integer, p_health_endpoint text, p_status text, p_metadata jsonb
) returns setof json
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform dbsvc.expire_services(p_silence, p_name);
  insert into public.service_registry (service_name, service_host, service_port, health_endpoint, status, metadata, last_heartbeat)
    values (p_name, p_host, p_port, p_health_endpoint, p_status, p_metadata, now())
    on conflict (service_name) do update set service_host = excluded.service_host, service_port = excluded.service_port,
      health_endpoint = excluded.health_endpoint, status = excluded.status, metadata = excluded.metadata, last_heartbeat = now();
  return query select * from dbsvc.lookup_services(p_silence, p_name, true);
end
$$;

/* heartbeat notes that a service is alive, and returns whether it is known. Who was taken for silent is back; who drains goes on draining. */
create function dbsvc.heartbeat(p_silence interval, p_name text) returns boolean
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform dbsvc.expire_services(p_silence, p_name);
  update public.service_registry set last_heartbeat = now(),
    status = case when last_heartbeat < now() - p_silence and status = 'inactive' then 'active' else status end
    where service_name = p_name;
  return found;
end
$$;

/* deregister_service removes a service, and returns whether it was there. */
create function dbsvc.deregister_service(p_name text) returns boolean
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from public.service_registry where service_name = p_name;
  return found;
end
$$;

alter function dbsvc.lookup_services(interval, text, boolean) owner to dbsvc_owner;
alter function dbsvc.expire_services(interval, text) owner to dbsvc_owner;
alter function dbsvc.register_service(interval, text, text, integer, text, text, jsonb) owner to dbsvc_owner;
alter function dbsvc.heartbeat(interval, text) owner to dbsvc_owner;
alter function dbsvc.deregister_service(text) owner to dbsvc_owner;
revoke all on function dbsvc.lookup_services, dbsvc.expire_services, dbsvc.register_service, dbsvc.heartbeat, dbsvc.deregister_service
  from public;
grant execute on function dbsvc.lookup_services, dbsvc.register_service, dbsvc.heartbeat, dbsvc.deregister_service to dbsvc_router;

revoke create on schema dbsvc from dbsvc_owner;
