import type { NamedRelation, Surroundings, Volatility } from '../../../../../src/engines/postgres/guard/surroundings.ts'

const relation = (tag: string, terms: Partial<NamedRelation> = {}): NamedRelation => ({
  tag,
  opaque: false,
  along: [],
  triggers: false,
  ...terms,
})

/** company_abc, with a few tables and functions. */
export const given: Surroundings = {
  company: 'company_abc',
  own: new Map([
    ['users', relation('users', { along: ['mt5_accounts', 'trading_history'] })],
    ['mt5_accounts', relation('mt5_accounts')],
    ['trading_history', relation('trading_history')],
    ['configurations', relation('configurations', { triggers: true })],
    ['summary', relation('summary', { opaque: true })],
    // Hidden by PostgreSQL's own of that name.
    ['pg_class', relation('pg_class')],
  ]),
  shared: new Map([
    ['market_data', relation('public.market_data')],
    ['trading_ticks', relation('public.trading_ticks')],
  ]),
  functions: new Map<string, Volatility>([
    ['margin_of', 'immutable'],
    ['balance_of', 'stable'],
    ['close_all', 'volatile'],
    ['pg_sleep', 'immutable'],
  ]),
}
