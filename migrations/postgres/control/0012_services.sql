-- Up Migration
-- Services that may call the router, and their API keys.

create table dbsvc.services (
  service text primary key check (service ~ '^[a-z][a-z0-9-]{0,62}$'),
  -- Null allows every company.
  companies text[],
  engines text[] not null,
  verbs text[] not null check (verbs <@ array['read', 'write']),
  -- Whether a request may leave the user out.
  whole_company boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table dbsvc.service_keys (
  -- By which people name it; no part of the key.
  key_id text primary key check (key_id ~ '^[0-9a-f]{8}$'),
  service text not null references dbsvc.services on delete cascade,
  -- SHA-256 of the whole key.
  digest bytea not null unique check (octet_length(digest) = 32),
  -- Null: from everywhere.
  networks cidr[],
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz
);
create index service_keys_service on dbsvc.service_keys (service);
