-- Up Migration
create table market_data (
  company_id varchar(50) not null,
  id bigint generated always as identity,
  user_id varchar(50),
  symbol varchar(20) not null check (symbol <> ''),
  tick_data jsonb,
  timestamp timestamptz not null default now(),
  primary key (company_id, id)
);
create index market_data_symbol on market_data (company_id, symbol, timestamp desc);
create index market_data_user on market_data (company_id, user_id) where user_id is not null;

alter table market_data enable row level security, force row level security;
create policy company_isolation on market_data
  for all to database_service_role, dbsvc_companies
  using (company_id = current_setting('app.current_company_id'))
  with check (company_id = current_setting('app.current_company_id'));

-- Down Migration
drop table market_data;
