-- Up Migration
create table trading_history (
  trade_id bigint generated always as identity primary key,
  account_id bigint not null references mt5_accounts (account_id),
  user_id varchar(50) not null references users (user_id),
  symbol varchar(20) not null check (symbol <> ''),
  side varchar(4) not null check (side in ('buy', 'sell')),
  volume numeric(15, 4) not null check (volume > 0),
  open_price numeric(18, 6) not null check (open_price > 0),
  close_price numeric(18, 6) check (close_price > 0),
  commission numeric(15, 2) not null default 0,
  swap numeric(15, 2) not null default 0,
  profit numeric(15, 2),
  opened_at timestamptz not null,
  closed_at timestamptz check (closed_at >= opened_at)
);
create index trading_history_account on trading_history (account_id, opened_at desc);
create index trading_history_user on trading_history (user_id, opened_at desc);

-- Down Migration
drop table trading_history;
