-- Up Migration
create table ai_predictions (
  company_id LowCardinality(String),
  user_id String,
  symbol LowCardinality(String),
  time DateTime64(3, 'UTC'),
  prediction_type LowCardinality(String),
  confidence Decimal(3, 2),
  model_version LowCardinality(String),
  -- JSON; null until what happened is known.
  features String codec(ZSTD(3)),
  result Nullable(String) codec(ZSTD(3)),
  delivered_at DateTime64(3, 'UTC') default now64(3)
)
engine = ReplacingMergeTree(delivered_at)
partition by toYYYYMM(time)
order by (company_id, symbol, time, user_id, prediction_type, model_version)
ttl toDateTime(time) + interval 2 year
settings non_replicated_deduplication_window = 1000;

-- Down Migration
drop table ai_predictions;
