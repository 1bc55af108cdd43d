-- What `dbsvc tenant config` reads and writes: settings of each company, with their history.
-- Up Migration
create table tenant_configurations (
  company_id varchar(50) not null,
  config_key varchar(100) not null check (config_key <> ''),
  config_value jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (company_id, config_key)
);

create table tenant_configuration_history (
  company_id varchar(50) not null,
  history_id bigint generated always as identity,
  config_key varchar(100) not null,
  -- Null where the key was removed.
  config_value jsonb,
  changed_at timestamptz not null default clock_timestamp(),
  changed_by text not null default session_user,
  primary key (company_id, history_id)
);
create index tenant_configuration_history_key on tenant_configuration_history (company_id, config_key, history_id desc);
-- Companies read their history; only the trigger writes it.
revoke insert, update, delete on tenant_configuration_history from database_service_role, dbsvc_companies;

create function keep_configuration_history() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    insert into public.tenant_configuration_history (company_id, config_key, config_value)
      values (old.company_id, old.config_key, null);
  elsif tg_op = 'INSERT' or new.config_value is distinct from old.config_value then
    insert into public.tenant_configuration_history (company_id, config_key, config_value)
      values (new.company_id, new.config_key, new.config_value);
  end if;
  return null;
end
$$;
create trigger keep_configuration_history
  after insert or update or delete on tenant_configurations
  for each row execute function keep_configuration_history();

-- Down Migration
drop table tenant_configurations, tenant_configuration_history;
drop function keep_configuration_history;
