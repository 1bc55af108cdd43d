-- Up Migration
-- Signals are counted by their ids, so that one that comes twice counts once.
create table signal_daily (
  day Date,
  symbol LowCardinality(String),
  signal_type LowCardinality(String),
  model_version LowCardinality(String),
  signals AggregateFunction(uniq, String),
  confidence_low SimpleAggregateFunction(min, Nullable(Decimal(3, 2))),
  confidence_high SimpleAggregateFunction(max, Nullable(Decimal(3, 2))),
  last_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
engine = AggregatingMergeTree
partition by toYear(day)
order by (symbol, day, signal_type, model_version)
ttl day + interval 10 year
settings non_replicated_deduplication_window = 1000;

create materialized view signal_daily_fill to signal_daily as
select
  toDate(created_at) as day,
  symbol,
  signal_type,
  model_version,
  uniqState(signal_id) as signals,
  min(confidence) as confidence_low,
  max(confidence) as confidence_high,
  max(created_at) as last_at
from signal_analytics
group by day, symbol, signal_type, model_version;

-- Down Migration
drop view signal_daily_fill;
drop table signal_daily;
