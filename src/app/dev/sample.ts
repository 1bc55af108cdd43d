import { type Crossover, findCrossovers } from '../../core/crossover.ts'
import type { Bar } from './bars.ts'

/** A statement as every company's request sends it. */
export interface SampleStatement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** How a company of the sample trades: which years it has bought, and its two moving averages in days. */
export interface Strategy {
  readonly since: string
  readonly fast: number
  readonly slow: number
}

// The first company trades often on all the data, the second seldom on half of it, so that what each sees differs plainly.
const strategies: readonly Strategy[] = [
  { since: '2000-01-01', fast: 20, slow: 50 },
  { since: '2010-01-01', fast: 50, slow: 200 },
]

export const strategyOf = (index: number): Strategy => strategies[index % strategies.length] as Strategy

const symbol = 'SPX'
const trader = 'trader_1'
const tickDays = 60

/**
 * What one company writes: the bars themselves and the latest closes as ticks into the shared tables, and what its strategy
 * makes of them into its own. Nothing is invented: a daily bar has no spread, so bid and ask are the close.
 */
export function sampleStatements(
  company: string,
  bars: readonly Bar[],
  { since, fast, slow }: Strategy,
): SampleStatement[] {
  const own = bars.filter((bar) => bar.date >= since)
  const crossovers = findCrossovers(
    own.map((bar) => bar.close),
    fast,
    slow,
  )
  const signals = crossovers.map((crossover) => ({ ...crossover, bar: own[crossover.index] as Bar }))
  const trades = roundTrips(crossovers, own)
  const ticks = own.slice(-tickDays)
  const model = `sma-${fast}-${slow}`
  return [
    {
      text: `insert into users (user_id, email, subscription_tier, subscription_limits) values ($1, $2, 'pro', $3)`,
      values: [
        trader,
        `${trader}@${company.replaceAll('_', '-')}.example`,
        JSON.stringify({ max_mt5_accounts: 5, max_pairs: 10 }),
      ],
    },
    {
      text: `insert into mt5_accounts (account_id, user_id, account_number, broker, account_type, balance)
             values (1, $1, '1', 'paper', 'demo', 100000)`,
      values: [trader],
    },
    {
      text: `insert into market_data (company_id, symbol, tick_data, timestamp)
             select $1, $2, tick_data, day from unnest($3::jsonb[], $4::timestamptz[]) as bar (tick_data, day)`,
      values: [company, symbol, own.map((bar) => JSON.stringify(bar)), own.map((bar) => `${bar.date}T21:00:00Z`)],
    },
    {
      text: `insert into trading_ticks (time, company_id, user_id, symbol, bid, ask, spread)
             select day, $1, $2, $3, price, price, 0 from unnest($4::timestamptz[], $5::numeric[]) as tick (day, price)`,
      values: [
        company,
        trader,
        symbol,
        ticks.map((bar) => `${bar.date}T21:00:00Z`),
        ticks.map((bar) => bar.close.toFixed(5)),
      ],
    },
    {
      text: `insert into trading_signals (signal_id, user_id, symbol, signal_type, price, model_version, features, created_at)
             select id, null, $1, side, price, $2, features, day
             from unnest($3::text[], $4::text[], $5::numeric[], $6::jsonb[], $7::timestamptz[]) as signal (id, side, price, features, day)`,
      values: [
        symbol,
        model,
        signals.map(({ bar, side }) => `${model}-${bar.date}-${side}`),
        signals.map(({ side }) => side),
        signals.map(({ bar }) => bar.close),
        signals.map((signal) => JSON.stringify({ fast: signal.fast, slow: signal.slow })),
        signals.map(({ bar }) => `${bar.date}T21:00:00Z`),
      ],
    },
    {
      text: `insert into trading_history (account_id, user_id, symbol, side, volume, open_price, close_price, profit, opened_at, closed_at)
             select 1, $1, $2, 'buy', 1, opened, closed, closed - opened, opened_at, closed_at
             from unnest($3::numeric[], $4::numeric[], $5::timestamptz[], $6::timestamptz[]) as trade (opened, closed, opened_at, closed_at)`,
      values: [
        trader,
        symbol,
        trades.map(({ open }) => open.close),
        trades.map(({ close }) => close.close),
        trades.map(({ open }) => `${open.date}T21:00:00Z`),
        trades.map(({ close }) => `${close.date}T21:00:00Z`),
      ],
    },
  ]
}

/** Each buy with the sell after it. */
function roundTrips(crossovers: readonly Crossover[], bars: readonly Bar[]): { open: Bar; close: Bar }[] {
  return crossovers.flatMap((crossover, position) => {
    const next = crossovers[position + 1]
    const open = bars[crossover.index]
    const close = next === undefined ? undefined : bars[next.index]
    return crossover.side === 'buy' && open !== undefined && close !== undefined ? [{ open, close }] : []
  })
}
