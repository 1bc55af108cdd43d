-- Up Migration
-- Routers hear of a change of services, keys and certificates at once; what they miss they read a few seconds later.

/* announce_credentials tells all who LISTEN, and no more than that something has changed. */
create function dbsvc.announce_credentials() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  notify dbsvc_credentials;
  return null;
end
$$;
revoke all on function dbsvc.announce_credentials from public;

create trigger announce_credentials after insert or update or delete or truncate on dbsvc.services
  for each statement execute function dbsvc.announce_credentials();
create trigger announce_credentials after insert or update or delete or truncate on dbsvc.service_keys
  for each statement execute function dbsvc.announce_credentials();
create trigger announce_credentials after insert or update or delete or truncate on dbsvc.service_certificates
  for each statement execute function dbsvc.announce_credentials();
