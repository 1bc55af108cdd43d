-- Up Migration
create table mt5_accounts (
  account_id bigint primary key,
  user_id varchar(50) not null references users (user_id),
  account_number varchar(50) not null check (account_number <> ''),
  broker varchar(100),
  account_type varchar(20) check (account_type in ('demo', 'live')),
  balance numeric(15, 2),
  equity numeric(15, 2),
  margin numeric(15, 2),
  status varchar(20) not null default 'active' check (status in ('active', 'suspended', 'closed')),
  created_at timestamptz not null default now(),
  unique (broker, account_number)
);
create index mt5_accounts_user on mt5_accounts (user_id);

-- Down Migration
drop table mt5_accounts;
