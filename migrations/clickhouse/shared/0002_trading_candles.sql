-- Up Migration
-- Every state here is the same after a tick that comes twice: a sum would count it twice.
create table trading_candles (
  company_id LowCardinality(String),
  symbol LowCardinality(String),
  minute DateTime('UTC'),
  open AggregateFunction(argMin, Decimal(18, 6), DateTime64(3, 'UTC')),
  high SimpleAggregateFunction(max, Decimal(18, 6)),
  low SimpleAggregateFunction(min, Decimal(18, 6)),
  close AggregateFunction(argMax, Decimal(18, 6), DateTime64(3, 'UTC')),
  ticks AggregateFunction(uniq, UInt64)
)
engine = AggregatingMergeTree
partition by toYYYYMM(minute)
order by (company_id, symbol, minute)
ttl minute + interval 5 year
settings non_replicated_deduplication_window = 1000;

create materialized view trading_candles_fill to trading_candles as
select
  company_id,
  symbol,
  toStartOfMinute(toDateTime(time, 'UTC')) as minute,
  argMinState(bid, time) as open,
  max(bid) as high,
  min(bid) as low,
  argMaxState(bid, time) as close,
  uniqState(cityHash64(user_id, time, bid, ask)) as ticks
from trading_ticks
group by company_id, symbol, minute;

-- Down Migration
drop view trading_candles_fill;
drop table trading_candles;
