-- Up Migration
-- What services were allowed, and who changed it when.

create table dbsvc.service_changes (
  change_id bigint generated always as identity primary key,
  service text not null,
  changed_at timestamptz not null default now(),
  changed_by text not null default session_user,
  -- Its grants; null where there was no such service.
  was jsonb,
  -- Null where there is none any more.
  now jsonb
);
create index service_changes_service on dbsvc.service_changes (service, change_id);

/* record_service_change keeps grants alone: times change with them. */
create function dbsvc.record_service_change() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  was jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) - array['service', 'created_at', 'updated_at'] end;
  now jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) - array['service', 'created_at', 'updated_at'] end;
begin
  if was is distinct from now then
    insert into dbsvc.service_changes (service, was, now)
      values (case when tg_op = 'DELETE' then old.service else new.service end, was, now);
  end if;
  return null;
end
$$;
revoke all on function dbsvc.record_service_change from public;

create trigger record_service_change after insert or update or delete on dbsvc.services
  for each row execute function dbsvc.record_service_change();
