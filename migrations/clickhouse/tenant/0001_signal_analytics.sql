-- Up Migration
-- The relay may deliver a signal again, and later with another confidence: the latest delivery counts.
create table signal_analytics (
  signal_id String,
  -- '' where the signal is for the whole company.
  user_id String default '',
  symbol LowCardinality(String),
  signal_type LowCardinality(String),
  price Nullable(Decimal(18, 6)),
  confidence Nullable(Decimal(3, 2)),
  model_version LowCardinality(String) default '',
  -- JSON.
  features String default '' codec(ZSTD(3)),
  created_at DateTime64(3, 'UTC'),
  delivered_at DateTime64(3, 'UTC') default now64(3)
)
engine = ReplacingMergeTree(delivered_at)
partition by toYYYYMM(created_at)
order by (symbol, created_at, signal_id)
ttl toDateTime(created_at) + interval 3 year
settings non_replicated_deduplication_window = 1000;

-- Down Migration
drop table signal_analytics;
