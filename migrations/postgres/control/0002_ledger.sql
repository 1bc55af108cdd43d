-- Up Migration
-- The registry of companies and the record of what each target has had applied.

create table dbsvc.companies (
  company_id text primary key check (company_id ~ '^[a-z][a-z0-9_]{0,47}$'),
  name text not null,
  tier text not null check (tier in ('free', 'pro', 'enterprise')),
  labels jsonb not null default '{}' check (jsonb_typeof(labels) = 'object'),
  limits jsonb not null default '{}' check (jsonb_typeof(limits) = 'object'),
  state text not null check (state in ('provisioning', 'active', 'suspended', 'dropping')),
  -- The company's own LOGIN role, where it was given one.
  login_role text unique,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- What was done to companies; outlives them.
create table dbsvc.company_events (
  event_id bigint generated always as identity primary key,
  company_id text not null,
  event text not null check (event in ('created', 'changed', 'suspended', 'resumed', 'dropped')),
  at timestamptz not null default now(),
  actor text not null default session_user,
  details jsonb not null default '{}'
);
create index company_events_company on dbsvc.company_events (company_id, at);

create table dbsvc.runs (
  run_id uuid primary key default gen_random_uuid(),
  command text not null,
  actor text not null,
  host text not null,
  pid integer not null,
  backend_pid integer not null default pg_backend_pid(),
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  outcome text check (outcome in ('succeeded', 'failed', 'interrupted')),
  summary jsonb not null default '{}'
);
create index runs_started on dbsvc.runs (started_at desc);

-- One row for each target: where it stands. `history` is a digest of the names and checksums applied, in order, so that
-- ten thousand companies on the same version are one group, and a batch can be refused when one of them has moved.
create table dbsvc.targets (
  engine text not null,
  cluster text not null,
  scope text not null check (scope in ('control', 'shared', 'tenant')),
  company_id text not null default '',
  version text not null default '',
  applied integer not null default 0,
  history text not null default '',
  updated_at timestamptz not null default now(),
  primary key (engine, cluster, scope, company_id)
) with (fillfactor = 80);

create table dbsvc.ledger (
  engine text not null,
  cluster text not null,
  scope text not null,
  company_id text not null default '',
  position integer not null,
  version text not null,
  name text not null,
  checksum text not null,
  run_id uuid,
  baseline boolean not null default false,
  applied_at timestamptz not null default clock_timestamp(),
  primary key (engine, cluster, scope, company_id, position),
  unique (engine, cluster, scope, company_id, name)
);

-- Progress of a migration that runs outside a transaction: the statements known to be done.
create table dbsvc.progress (
  engine text not null,
  cluster text not null,
  scope text not null,
  company_id text not null default '',
  name text not null,
  direction text not null check (direction in ('up', 'down')),
  checksum text not null,
  statements_done integer not null,
  -- The next statement was begun outside of any transaction, and nobody has seen it end.
  in_doubt boolean not null default false,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (engine, cluster, scope, company_id, name, direction)
);

-- Tables a migration declared as unprotected, with its reason.
create table dbsvc.exemptions (
  scope text not null check (scope in ('shared', 'tenant')),
  table_name text not null,
  reason text not null check (reason <> ''),
  migration text not null,
  primary key (scope, table_name)
);
grant select on dbsvc.exemptions to dbsvc_owner;

-- Time series by the view that stands for each; migrations write it through dbsvc.create_time_series.
create table dbsvc.time_series (
  schema_name text not null,
  view_name text not null,
  private_schema text not null,
  time_column text not null,
  chunk interval not null check (chunk > interval '0'),
  -- How far ahead of now partitions are kept; a hypertable makes its chunks itself.
  ahead interval not null check (ahead >= chunk),
  kind text not null check (kind in ('hypertable', 'partitions')),
  -- As asked for; only a hypertable has them.
  company_partitions integer,
  -- Partitions reach to here; `migrate up` makes more in time.
  extended_until timestamptz,
  primary key (schema_name, view_name)
);
grant select, insert, update, delete on dbsvc.time_series to dbsvc_owner;

/* claim locks the targets of a batch and refuses when one of them is not where the plan found it. */
create function dbsvc.claim(p_engine text, p_cluster text, p_scope text, p_companies text[], p_history text)
  returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  moved text;
begin
  perform from dbsvc.targets
    where engine = p_engine and cluster = p_cluster and scope = p_scope and company_id = any (p_companies)
    order by company_id for update;
  select string_agg(coalesce(nullif(wanted.company_id, ''), p_scope), ', ') into moved
    from unnest(p_companies) as wanted (company_id)
    left join dbsvc.targets target
      on target.engine = p_engine and target.cluster = p_cluster and target.scope = p_scope
      and target.company_id = wanted.company_id and target.history = p_history
    where target.company_id is null;
  if moved is not null then
    raise exception 'moved by another run: %', moved using errcode = 'DB408', constraint = 'dbsvc_target_moved';
  end if;
  -- Local to the transaction: record() misses it when the migration has ended that transaction.
  perform set_config('dbsvc.claimed', p_history || ':' || pg_current_xact_id()::text, true);
end
$$;

/* record writes the ledger rows of a batch, in the transaction that claimed its targets. */
create function dbsvc.record(
  p_engine text, p_cluster text, p_scope text, p_companies text[], p_run uuid,
  p_first_position integer, p_versions text[], p_names text[], p_checksums text[],
  p_version text, p_history text, p_old_history text, p_baseline boolean default false
) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if current_setting('dbsvc.claimed', true) is distinct from p_old_history || ':' || pg_current_xact_id()::text then
    raise exception 'the migration ended its transaction' using errcode = 'DB504', constraint = 'dbsvc_transaction_ended';
  end if;
  insert into dbsvc.ledger (engine, cluster, scope, company_id, position, version, name, checksum, run_id, baseline)
    select p_engine, p_cluster, p_scope, company_id, p_first_position + (migration.n - 1)::integer,
      migration.version, migration.name, migration.checksum, p_run, p_baseline
    from unnest(p_companies) as company_id,
      unnest(p_versions, p_names, p_checksums) with ordinality as migration (version, name, checksum, n);
  update dbsvc.targets
    set version = p_version, history = p_history,
      applied = p_first_position - 1 + coalesce(cardinality(p_names), 0), updated_at = clock_timestamp()
    where engine = p_engine and cluster = p_cluster and scope = p_scope and company_id = any (p_companies);
end
$$;

/* erase removes the ledger rows from a position on, in the transaction that claimed the targets. */
create function dbsvc.erase(
  p_engine text, p_cluster text, p_scope text, p_companies text[],
  p_from_position integer, p_version text, p_history text, p_old_history text
) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if current_setting('dbsvc.claimed', true) is distinct from p_old_history || ':' || pg_current_xact_id()::text then
    raise exception 'the migration ended its transaction' using errcode = 'DB504', constraint = 'dbsvc_transaction_ended';
  end if;
  delete from dbsvc.ledger
    where engine = p_engine and cluster = p_cluster and scope = p_scope and company_id = any (p_companies)
      and position >= p_from_position;
  update dbsvc.targets
    set version = p_version, history = p_history, applied = p_from_position - 1, updated_at = clock_timestamp()
    where engine = p_engine and cluster = p_cluster and scope = p_scope and company_id = any (p_companies);
end
$$;
