import { companyProof, seriesCheckOption, seriesCondition } from '../runner/mechanism.ts'
import { each, type Technique } from '../runner/technique.ts'

const become = `set local app.current_company_id = 'company_xyz'`
const honest = 'select * from public.market_data'
const tables = [
  ...['public.market_data', 'public.notes', 'public.note_texts', 'public.measures', 'public.tenant_configurations'],
  ...['public.tenant_configuration_history', 'tenant_company_xyz.users', 'tenant_company_xyz.mt5_accounts'],
  ...['tenant_company_xyz.trading_history', 'tenant_company_xyz.trading_signals'],
]

export const techniques: readonly Technique[] = [
  {
    name: 'say by the setting to be another company',
    entry: 'shared role',
    secret: 'rows of the victim',
    refusal: /^ok$/,
    mechanism: companyProof,
    success: 'canary',
    honest,
    variants: {
      ...each(tables, (table) => [become, `select * from ${table}`]),
      'SET SESSION': [`set session app.current_company_id = 'company_xyz'`, 'select * from notes'],
      'SET TO': [`set app.current_company_id to company_xyz`, 'select * from notes'],
      'a quoted name': [`set local "app.current_company_id" = 'company_xyz'`, 'select * from notes'],
      'an upper-case name': [`set local APP.CURRENT_COMPANY_ID = 'company_xyz'`, 'select * from notes'],
      'with a savepoint': ['savepoint s', become, 'select * from notes', 'rollback to s'],
      'in a cursor': [become, 'declare c cursor for select * from notes', 'fetch all from c'],
      'a cursor that was opened before': [
        'declare c cursor for select n.* from generate_series(1, 2) g, lateral (select g as n offset 0) s, notes n where length(n.text) > s.n - s.n',
        become,
        'fetch all from c',
      ],
      'a prepared statement': ['prepare p as select * from notes', become, 'execute p'],
      'an aggregate': [become, `select string_agg(text, ',') from notes`],
      'another search_path': [become, 'set local search_path = tenant_company_xyz', 'select * from users'],
    },
  },
  {
    name: 'say by the setting to be another company, and write',
    entry: 'shared role',
    secret: 'that a row of the victim changes',
    refusal: /^(ok|42501 new row violates row-level security)/,
    // In a database of its own: others read there what it changes.
    mechanism: { ...companyProof },
    success: { effect: `select from public.notes where company_id = 'company_xyz' and text = 'changed'` },
    honest,
    variants: {
      update: [become, `update notes set text = 'changed' where note_id = 1`],
      insert: [become, `insert into notes values ('company_xyz', 9, 'changed')`],
      merge: [
        become,
        `merge into notes n using (values (2)) v (i) on n.note_id = v.i when matched then update set text = 'changed'`,
      ],
      'on conflict': [
        become,
        `insert into notes values ('company_xyz', 3, 'x') on conflict (company_id, note_id) do update set text = 'changed'`,
      ],
      'with a common table expression': [
        become,
        `with x as (update notes set text = 'changed' where note_id = 1 returning *) select 1 from x`,
      ],
    },
  },
  {
    name: 'read a time series by the setting',
    entry: 'shared role',
    secret: 'rows of the victim',
    refusal: /^ok$/,
    mechanism: seriesCondition,
    success: 'canary',
    honest: 'select * from trading_ticks',
    variants: each(['trading_ticks', 'public.ai_predictions', '(table trading_ticks) x'], (table) => [
      become,
      `select * from ${table}`,
    ]),
  },
  {
    name: 'write a foreign row into a time series',
    entry: 'shared role',
    secret: 'a row that the victim takes for its own',
    refusal: /^44000 /,
    mechanism: seriesCheckOption,
    success: {
      effect: `select from private_shared.trading_ticks where symbol = 'planted' and company_id = 'company_xyz'`,
    },
    honest: 'select * from trading_ticks',
    variants: {
      insert: `insert into trading_ticks (time, company_id, user_id, symbol) values (now(), 'company_xyz', 'u', 'planted')`,
      'insert from select': `insert into trading_ticks (time, company_id, user_id, symbol) select time, 'company_xyz', user_id, 'planted' from trading_ticks`,
    },
  },
  {
    name: 'move a row of a time series to another company',
    entry: 'shared role',
    // A hypertable refuses it by itself: the company is one of its dimensions.
    on: 'partitions',
    secret: 'a row that the victim takes for its own',
    refusal: /^44000 /,
    mechanism: seriesCheckOption,
    success: {
      effect: `select from private_shared.trading_ticks where symbol = 'moved' and company_id = 'company_xyz'`,
    },
    honest: 'select * from trading_ticks',
    variants: { update: `update trading_ticks set company_id = 'company_xyz', symbol = 'moved'` },
  },
]
