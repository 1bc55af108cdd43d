-- Up Migration
-- Belongs to no company, so no company reaches it: dbsvc reads and writes it for the services.
create table service_registry (
  service_name varchar(50) primary key check (service_name <> ''),
  service_host varchar(255) not null check (service_host <> ''),
  service_port integer not null check (service_port between 1 and 65535),
  health_endpoint varchar(255),
  status varchar(20) not null default 'active' check (status in ('active', 'inactive', 'draining')),
  last_heartbeat timestamptz not null default now(),
  metadata jsonb
);
create index service_registry_heartbeat on service_registry (last_heartbeat) where status = 'active';

-- Down Migration
drop table service_registry;
