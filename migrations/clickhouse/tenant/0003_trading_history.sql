-- Up Migration
-- One row a trade: it comes once when it is opened and again when it is closed, under the same key.
create table trading_history (
  trade_id UInt64,
  account_id UInt64,
  user_id String,
  symbol LowCardinality(String),
  side LowCardinality(String),
  volume Decimal(15, 4),
  open_price Decimal(18, 6),
  close_price Nullable(Decimal(18, 6)),
  commission Decimal(15, 2) default 0,
  swap Decimal(15, 2) default 0,
  profit Nullable(Decimal(15, 2)),
  opened_at DateTime64(3, 'UTC'),
  closed_at Nullable(DateTime64(3, 'UTC')),
  delivered_at DateTime64(3, 'UTC') default now64(3),
  constraint trading_history_side check side in ('buy', 'sell')
)
engine = ReplacingMergeTree(delivered_at)
partition by toYYYYMM(opened_at)
order by (user_id, symbol, opened_at, trade_id)
ttl toDateTime(opened_at) + interval 10 year
settings non_replicated_deduplication_window = 1000;

-- Down Migration
drop table trading_history;
