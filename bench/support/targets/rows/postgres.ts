import { seededRandom } from '../../../../test/support/seeded-random.ts'
import type { Ask } from '../ask.ts'
import { counted, monthStart, months, type Sizes, symbols, ticksPerSymbol, usersPerCompany } from '../sizes.ts'
import type { Target } from '../target.ts'
import type { TargetsWorld } from '../world.ts'

interface Read {
  readonly name: string
  readonly text: string
  values(turn: number, company: string): readonly string[]
}

const userOf = (turn: number): string => `u${1 + Math.floor(seededRandom(turn)() * usersPerCompany)}`

const point: Read = {
  name: 'point',
  text: 'select user_id, email, subscription_tier from users where user_id = $1',
  values: (turn) => [userOf(turn)],
}
const shared: Read = {
  name: 'shared',
  text: `select id::text, symbol, tick_data::text from market_data
    where company_id = $1 and symbol = $2 order by timestamp desc limit 10`,
  values: (turn, company) => [company, symbols[turn % symbols.length] ?? ''],
}
const positions: Read = {
  name: 'positions',
  text: `select trade_id::text, symbol, side, volume::text, open_price::text from trading_history
    where user_id = $1 and closed_at is null order by opened_at desc limit 10`,
  values: (turn) => [userOf(turn)],
}
/** Joins, sums and ranks of a month. */
const performance: Read = {
  name: 'performance',
  text: `select u.user_id, u.email, h.symbol, count(*)::text as trades, sum(h.profit)::text as profit,
      sum(h.volume)::text as volume, (avg(h.profit) filter (where h.profit > 0))::text as average_win,
      rank() over (partition by h.symbol order by sum(h.profit) desc, u.user_id)::text as place
    from trading_history h join mt5_accounts a using (account_id) join users u on u.user_id = h.user_id
    where a.account_type = 'live' and h.opened_at >= $1::timestamptz and h.opened_at < $2::timestamptz and h.closed_at is not null
    group by u.user_id, u.email, h.symbol order by h.symbol, sum(h.profit) desc, u.user_id limit 50`,
  values: (turn) => [monthStart(turn % months), monthStart(1 + (turn % months))].map((date) => date.toISOString()),
}

/** Reads of PostgreSQL, each beside the same statement, prepared by pg on one connection, without policies. */
export function postgresTargets({ clients, companies }: TargetsWorld, ask: Ask, { trades }: Sizes): Target[] {
  const [company = ''] = companies
  const target = (
    read: Read,
    { name, wanted, atMostMs, data }: Pick<Target, 'name' | 'wanted' | 'atMostMs' | 'data'>,
    more: object = {},
  ): Target => ({
    name,
    wanted,
    atMostMs,
    engine: 'postgres',
    isStandIn: false,
    data,
    floor: 'pg, one connection, prepared, as the superuser and so without policies',
    ask: {
      async dbsvc(turn) {
        const message = { sql: read.text, params: read.values(turn, company), ...more }
        return (await ask<{ rows: readonly unknown[] }>(company, '/v1/query', message)).rows
      },
      async direct(turn) {
        const values = [...read.values(turn, company)]
        return (await clients.postgres.query({ name: read.name, text: read.text, values, rowMode: 'array' })).rows
      },
    },
  })
  const users = `${usersPerCompany} users`
  const history = `${counted(trades)} trades`
  const ticks = `${counted(companies.length * symbols.length * ticksPerSymbol)} ticks of ${companies.length} companies`
  return [
    target(point, { name: 'simple_point', wanted: 'simple query, by primary key', atMostMs: 5, data: users }),
    target(shared, {
      name: 'simple_shared',
      wanted: 'simple query, ten rows of a shared table',
      atMostMs: 5,
      data: ticks,
    }),
    target(performance, { name: 'complex', wanted: 'complex analytics', atMostMs: 50, data: history }),
    target(positions, { name: 'a_positions', wanted: "category A, a user's positions", atMostMs: 2, data: history }),
    target(
      positions,
      { name: 'a_cached', wanted: "category A, a user's positions, cached", atMostMs: 2, data: history },
      { cache: { mode: 'on', ttl_ms: 60_000 } },
    ),
  ]
}
