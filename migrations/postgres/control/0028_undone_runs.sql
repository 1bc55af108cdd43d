-- Up Migration
-- What a run has applied stays known of it after another run has undone it: the ledger, which says so otherwise, has lost those rows by then.

alter table dbsvc.run_results
  drop constraint run_results_outcome_check,
  add constraint run_results_outcome_check check (outcome in ('applied', 'undone', 'failed'));

/*
erase removes the ledger rows from a position on, in the transaction that claimed the targets. It keeps that the run did, and what the runs
before had applied, by engine.
*/
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
    returning run_id, company_id, name, applied_at
  )
  insert into dbsvc.run_results (run_id, engine, scope, company_id, name, outcome, at)
    select p_run, p_engine, p_scope, company_id, name, 'undone', clock_timestamp() from erased where p_run is not null
    union all
    select run_id, p_engine, p_scope, company_id, name, 'applied', applied_at from erased join dbsvc.runs using (run_id)
    on conflict (run_id, engine, scope, company_id, name, outcome) do nothing;
  update dbsvc.targets
    set version = p_version, history = p_history, applied = p_from_position - 1, updated_at = clock_timestamp()
    where engine = p_engine and cluster = p_cluster and scope = p_scope and company_id = any (p_companies);
end
$$;
