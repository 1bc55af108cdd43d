-- Up Migration
-- A view, and none that is filled on insert: it would add up a trade that comes twice.
create view trading_performance as
select
  toDate(closed_at) as day,
  user_id,
  symbol,
  count() as trades,
  countIf(profit > 0) as winning_trades,
  sum(volume) as total_volume,
  sum(profit) as total_profit,
  sum(commission + swap) as total_costs,
  max(profit) as best_trade,
  min(profit) as worst_trade
from trading_history final
where closed_at is not null
group by day, user_id, symbol;

-- Down Migration
drop view trading_performance;
