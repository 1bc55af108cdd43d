import { randomUUID } from 'node:crypto'

export type WorkloadName = 'w1' | 'w2' | 'w3'

/** One kind of request. Every column is text, so that all contenders' rows can be compared as they arrive. */
export interface Workload {
  readonly name: WorkloadName
  readonly description: string
  readonly text: string
  readonly verb: 'query' | 'execute'
  /** Rows of each answer. */
  readonly rows: number
  /** Parameters of one request. */
  values(random: () => number): readonly string[]
}

export const usersPerCompany = 50
export const symbols = ['AUDUSD', 'EURUSD', 'GBPUSD', 'NZDUSD', 'USDJPY'] as const
export const ticksPerSymbol = 40

const pick = (random: () => number, count: number): number => Math.floor(random() * count)
const user = (random: () => number): string => `u${pick(random, usersPerCompany) + 1}`
const symbol = (random: () => number): string => symbols[pick(random, symbols.length)] ?? symbols[0]

export const workloads: Readonly<Record<WorkloadName, Workload>> = {
  w1: {
    name: 'w1',
    description: "point read in the company's own table",
    text: 'select user_id, email, subscription_tier from users where user_id = $1',
    verb: 'query',
    rows: 1,
    values: (random) => [user(random)],
  },
  w2: {
    name: 'w2',
    description: 'ten rows of a shared table under row security',
    text: 'select id::text, symbol, tick_data::text from market_data where symbol = $1 order by timestamp desc limit 10',
    verb: 'query',
    rows: 10,
    values: (random) => [symbol(random)],
  },
  w3: {
    name: 'w3',
    description: "insert into the company's own table",
    text: `insert into trading_signals (signal_id, user_id, symbol, signal_type, price, confidence) values ($1, $2, $3, 'buy', 1.25, 0.5)`,
    verb: 'execute',
    rows: 0,
    values: (random) => [randomUUID(), user(random), symbol(random)],
  },
}
