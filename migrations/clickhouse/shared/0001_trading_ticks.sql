-- Up Migration
-- A tick that the relay delivers twice has the same key; FINAL, or the next merge, leaves the later one.
create table trading_ticks (
  company_id LowCardinality(String),
  user_id String,
  symbol LowCardinality(String),
  time DateTime64(3, 'UTC'),
  bid Decimal(18, 6),
  ask Decimal(18, 6),
  volume UInt32,
  spread Decimal(9, 2),
  delivered_at DateTime64(3, 'UTC') default now64(3)
)
engine = ReplacingMergeTree(delivered_at)
partition by toYYYYMM(time)
order by (company_id, symbol, time, user_id)
ttl toDateTime(time) + interval 2 year
settings non_replicated_deduplication_window = 1000;

-- Down Migration
drop table trading_ticks;
