import { userProof } from '../runner/mechanism.ts'
import { each, type Technique } from '../runner/technique.ts'

const common = { user: 'own_u1', mechanism: userProof, honest: 'select * from trading_history' } as const
const tables = [
  'users',
  'mt5_accounts',
  'trading_history',
  'trading_signals',
  'market_data',
  'trading_ticks',
  'ai_predictions',
]
const others = {
  ...each(tables, (table) => `select * from ${table}`),
  'by name': `select * from users where user_id = 'own_u' || 0`,
  'by a join': 'select t.* from trading_history t join users u on u.user_id = t.user_id',
  'in an aggregate': `select string_agg(user_id, ',') from mt5_accounts`,
  'in a cast': 'select user_id::int from (select user_id from trading_history order by user_id offset 0) x',
}

export const techniques: readonly Technique[] = [
  {
    ...common,
    name: "read rows of the company's other users",
    entry: 'shared role',
    secret: 'rows of another user',
    refusal: /^(ok$|22P02 .*own_u1)/,
    success: /own_u0/,
    variants: others,
  },
  {
    ...common,
    name: "read rows of the company's other users",
    entry: 'query',
    secret: 'rows of another user',
    refusal: /^(ok$|DBS-2004 .*own_u1)/,
    success: /own_u0/,
    variants: others,
  },
  {
    ...common,
    name: 'say by the setting to be another user',
    entry: 'shared role',
    secret: 'rows of another user',
    refusal: /^ok$/,
    success: /own_u0/,
    variants: {
      'another user': [`set local app.current_user_id = 'own_u0'`, 'select * from trading_history'],
      'no user': [`set local app.current_user_id = ''`, 'select * from trading_history'],
    },
  },
  {
    ...common,
    name: "change rows of the company's other users",
    entry: 'execute',
    secret: 'that a row of another user changes',
    refusal: /^ok$/,
    success: {
      effect: `select from tenant_company_abc.trading_history where user_id = 'own_u0' and symbol = 'changed'`,
    },
    variants: {
      update: `update trading_history set symbol = 'changed' where user_id <> 'own_u1'`,
      merge: `merge into trading_history t using (values ('own_u0')) v (u) on t.user_id = v.u when matched then update set symbol = 'changed'`,
    },
  },
  {
    ...common,
    name: "change the company's own rows as a user",
    entry: 'execute',
    secret: 'that a row of the whole company changes',
    refusal: /^ok$/,
    success: { effect: `select from tenant_company_abc.trading_signals where user_id is null and symbol = 'changed'` },
    variants: { update: `update trading_signals set symbol = 'changed' where user_id is null` },
  },
  {
    ...common,
    name: 'write a row in the name of another user',
    entry: 'execute',
    secret: 'a row that another user takes for its own',
    refusal: /^DBS-2004 .*row-level security/,
    success: { effect: `select from tenant_company_abc.trading_signals where signal_id ~ '^planted'` },
    variants: each(
      [`'own_u0'`, 'null'],
      (user) =>
        `insert into trading_signals (signal_id, user_id, symbol, signal_type) values ('planted ' || coalesce(${user}, ''), ${user}, 'x', 'buy')`,
    ),
  },
]
