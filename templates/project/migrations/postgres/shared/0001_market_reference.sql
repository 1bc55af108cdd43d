-- Shared migrations run once per cluster. Names are unqualified: dbsvc chooses the schema.
-- Afterwards dbsvc itself adds row security, grants and policies to every table with a company_id: write none here.

-- Up Migration

-- The same for every company, and without a company_id, so nothing can keep companies apart in it: say that it is meant.
-- dbsvc: unprotected instruments because reference data is the same for every company
create table instruments (
  symbol varchar(20) primary key,
  description text not null,
  price_digits smallint not null default 5 check (price_digits between 0 and 10),
  contract_size numeric(20, 4) not null check (contract_size > 0),
  created_at timestamptz not null default now()
);

-- company_id leads the primary key, so that a company's rows lie together and its policy can use the index.
create table price_alerts (
  company_id varchar(50) not null,
  alert_id uuid not null default gen_random_uuid(),
  user_id varchar(50),
  symbol varchar(20) not null references instruments (symbol),
  threshold numeric(20, 10) not null check (threshold > 0),
  created_at timestamptz not null default now(),
  primary key (company_id, alert_id)
);

create index price_alerts_symbol on price_alerts (company_id, symbol);

-- Down Migration

drop table price_alerts;
drop table instruments;
