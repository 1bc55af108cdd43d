-- Up Migration
create table trading_ticks (
  time timestamptz not null,
  company_id varchar(50) not null,
  user_id varchar(50) not null,
  symbol varchar(20) not null check (symbol <> ''),
  bid numeric(10, 5) check (bid >= 0),
  ask numeric(10, 5) check (ask >= 0),
  volume integer check (volume >= 0),
  spread numeric(6, 2)
);
create index trading_ticks_symbol on trading_ticks (company_id, symbol, time desc);

select dbsvc.create_time_series('trading_ticks', 'time', chunk => interval '1 hour', company_partitions => 4);

-- Down Migration
select dbsvc.drop_time_series('trading_ticks');
