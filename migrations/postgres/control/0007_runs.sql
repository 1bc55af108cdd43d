-- Up Migration
-- Runs that outlive the process that works on them, and that several can share: what a run was asked to do, who has worked on
-- it, what became of each target.

alter table dbsvc.runs
  -- What it was asked to do, for whoever goes on with it.
  add column parameters jsonb not null default '{}' check (jsonb_typeof(parameters) = 'object'),
  -- What somebody has asked of it since; it looks between batches.
  add column request text check (request in ('pause', 'cancel')),
  drop constraint runs_outcome_check,
  add constraint runs_outcome_check
    check (outcome in ('succeeded', 'failed', 'interrupted', 'paused', 'stopped', 'cancelled'));

-- One row for each process that has worked on a run; the first is the one that began it.
create table dbsvc.run_sessions (
  run_id uuid not null references dbsvc.runs on delete cascade,
  started_at timestamptz not null default clock_timestamp(),
  actor text not null,
  host text not null,
  pid integer not null,
  backend_pid integer not null default pg_backend_pid(),
  ended_at timestamptz,
  outcome text,
  primary key (run_id, started_at)
);

-- What the ledger cannot say of a run: targets that failed, and migrations undone. What it applied is in the ledger.
create table dbsvc.run_results (
  run_id uuid not null references dbsvc.runs on delete cascade,
  scope text not null,
  company_id text not null default '',
  name text not null,
  outcome text not null check (outcome in ('undone', 'failed')),
  code text,
  reason text,
  at timestamptz not null default clock_timestamp(),
  primary key (run_id, scope, company_id, name, outcome)
);
create index run_results_target on dbsvc.run_results (scope, company_id, at);

/*
claim locks the targets of a batch for its transaction. Where another run has one, or has moved one, nothing is waited for: it
raises with DETAIL {"busy": […], "moved": […]}, so that the run can go on with the others. One that is gone has moved.
*/
create or replace function dbsvc.claim(p_engine text, p_cluster text, p_scope text, p_companies text[], p_history text)
  returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  locked text[];
  moved text[];
  busy text[];
begin
  with target as (
    select company_id, history from dbsvc.targets
    where engine = p_engine and cluster = p_cluster and scope = p_scope and company_id = any (p_companies)
    order by company_id for update skip locked
  )
  select array_agg(company_id), array_agg(company_id) filter (where history <> p_history) into locked, moved from target;
  if cardinality(locked) is distinct from cardinality(p_companies) or moved is not null then
    select array_agg(wanted.company_id) filter (where target.company_id is not null),
      moved || array_agg(wanted.company_id) filter (where target.company_id is null)
    into busy, moved
    from unnest(p_companies) as wanted (company_id)
    left join dbsvc.targets target
      on target.engine = p_engine and target.cluster = p_cluster and target.scope = p_scope
      and target.company_id = wanted.company_id
    where wanted.company_id <> all (coalesce(locked, '{}'));
    raise exception 'taken by another run' using errcode = 'DB408', constraint = 'dbsvc_target_moved',
      detail = jsonb_build_object('busy', coalesce(busy, '{}'), 'moved', coalesce(moved, '{}'));
  end if;
  -- Local to the transaction: record() misses it when the migration has ended that transaction.
  perform set_config('dbsvc.claimed', p_history || ':' || pg_current_xact_id()::text, true);
end
$$;

drop function dbsvc.erase(text, text, text, text[], integer, text, text, text);

/* erase removes the ledger rows from a position on, in the transaction that claimed the targets, and keeps that the run did. */
create function dbsvc.erase(
  p_engine text, p_cluster text, p_scope text, p_companies text[], p_run uuid,
  p_from_position integer, p_version text, p_history text, p_old_history text
) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if current_setting('dbsvc.claimed', true) is distinct from p_old_history || ':' || pg_current_xact_id()::text then
    raise exception 'the migration ended its transaction' using errcode = 'DB504', constraint = 'dbsvc_transaction_ended';
  end if;
  with erased as (
    delete from dbsvc.ledger
    where engine = p_engine and cluster = p_cluster and scope = p_scope and company_id = any (p_companies)
      and position >= p_from_position
    returning company_id, name
  )
  insert into dbsvc.run_results (run_id, scope, company_id, name, outcome)
    select p_run, p_scope, company_id, name, 'undone' from erased where p_run is not null
    on conflict (run_id, scope, company_id, name, outcome) do nothing;
  update dbsvc.targets
    set version = p_version, history = p_history, applied = p_from_position - 1, updated_at = clock_timestamp()
    where engine = p_engine and cluster = p_cluster and scope = p_scope and company_id = any (p_companies);
end
$$;
revoke all on function dbsvc.erase(text, text, text, text[], uuid, integer, text, text, text) from public;
