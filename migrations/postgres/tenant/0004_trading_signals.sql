-- Up Migration
create table trading_signals (
  signal_id varchar(50) primary key check (signal_id <> ''),
  -- Null where the signal is for the whole company.
  user_id varchar(50) references users (user_id),
  symbol varchar(20) not null check (symbol <> ''),
  signal_type varchar(10) not null check (signal_type in ('buy', 'sell', 'hold')),
  price numeric(18, 6) check (price > 0),
  confidence numeric(3, 2) check (confidence between 0 and 1),
  model_version varchar(20),
  features jsonb,
  created_at timestamptz not null default now()
);
create index trading_signals_symbol on trading_signals (symbol, created_at desc);
create index trading_signals_user on trading_signals (user_id) where user_id is not null;

-- Down Migration
drop table trading_signals;
