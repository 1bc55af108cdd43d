-- Up Migration
-- Services that prove who they are by a client certificate.

create table dbsvc.service_certificates (
  -- A name of the certificate: a SPIFFE id, or dns: and a name. One of them is one service.
  identity text primary key check (identity ~ '^(spiffe://|dns:)[!-~]+$' and length(identity) <= 2048),
  service text not null references dbsvc.services on delete cascade,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);
create index service_certificates_service on dbsvc.service_certificates (service);
