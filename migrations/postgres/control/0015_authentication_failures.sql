-- Up Migration
-- Failed attempts to call the router: a row for all alike ones of a minute, of all routers.

create table dbsvc.authentication_failures (
  minute timestamptz not null,
  -- An address, the /64 of an IPv6 address, or 'others' where there were too many to tell apart.
  source text not null,
  reason text not null,
  -- The key's id, or ''.
  credential text not null,
  attempts bigint not null,
  last_request_id text not null,
  primary key (minute, source, reason, credential)
);
