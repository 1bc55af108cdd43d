-- Up Migration
-- The engines beside PostgreSQL: where each company stands in each of them, and results of runs by engine.

-- One row for each company and store, from before the first thing is made there until after the last thing is gone.
create table dbsvc.placements (
  company_id text not null references dbsvc.companies,
  engine text not null check (engine <> 'postgres'),
  cluster text not null default 'main',
  state text not null check (state in ('provisioning', 'active', 'suspended', 'removing')),
  -- Why the last attempt came to nothing; null after one that did.
  reason text,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (company_id, engine)
);
create index placements_unsettled on dbsvc.placements (engine, company_id) where state <> 'active';

alter table dbsvc.run_results add column engine text not null default 'postgres';
alter table dbsvc.run_results drop constraint run_results_pkey;
alter table dbsvc.run_results add primary key (run_id, engine, scope, company_id, name, outcome);
drop index dbsvc.run_results_target;
create index run_results_target on dbsvc.run_results (engine, scope, company_id, at);

/* erase removes the ledger rows from a position on, in the transaction that claimed the targets, and keeps that the run did, by engine. */
create or replace function dbsvc.erase(
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
  insert into dbsvc.run_results (run_id, engine, scope, company_id, name, outcome)
    select p_run, p_engine, p_scope, company_id, name, 'undone' from erased where p_run is not null
    on conflict (run_id, engine, scope, company_id, name, outcome) do nothing;
  update dbsvc.targets
    set version = p_version, history = p_history, applied = p_from_position - 1, updated_at = clock_timestamp()
    where engine = p_engine and cluster = p_cluster and scope = p_scope and company_id = any (p_companies);
end
$$;

-- The folder of a company's final export once it is complete, '' where none was wanted: a removal that is gone on with takes no
-- second, smaller one.
alter table dbsvc.companies add column final_export text;
