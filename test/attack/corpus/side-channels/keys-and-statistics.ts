import { noGrant, sql } from '../runner/mechanism.ts'
import { each, type Technique } from '../runner/technique.ts'

const common = { entry: 'shared role', honest: 'select * from notes' } as const

const whether = (insert: string): string =>
  `with x as (${insert} on conflict do nothing returning 'one' as one) select coalesce(max(one), 'none inserted') from x`

export const techniques: readonly Technique[] = [
  {
    ...common,
    name: 'find out by a unique key what others have',
    secret: 'that a row of the victim is there',
    refusal: /^ok$/,
    mechanism: sql('company in front of each key', 'create unique index on tenant_configurations (config_key)'),
    success: /23505|none inserted/,
    variants: {
      insert: `insert into tenant_configurations (company_id, config_key, config_value) values ('company_abc', 'secret_plan', '1')`,
      'on conflict do nothing': whether(
        `insert into tenant_configurations (company_id, config_key, config_value) values ('company_abc', 'secret_plan', '1')`,
      ),
      update: `update tenant_configurations set config_key = 'secret_plan' where config_key = 'own_key'`,
      merge: `merge into tenant_configurations t using (values (1)) v on false when not matched then
        insert (company_id, config_key, config_value) values ('company_abc', 'secret_plan', '1')`,
    },
  },
  {
    ...common,
    name: 'find out by an identity what others have',
    secret: 'that a row of the victim is there',
    refusal: /^ok$/,
    mechanism: sql('company in front of the identity', 'create unique index on market_data (id)'),
    success: /23505|none inserted/,
    variants: {
      insert: `insert into market_data (company_id, id, symbol) overriding system value values ('company_abc', 100, 'x')`,
      'on conflict do nothing': whether(
        `insert into market_data (company_id, id, symbol) overriding system value values ('company_abc', 101, 'x')`,
      ),
    },
  },
  {
    ...common,
    name: 'read a sequence',
    secret: 'how many rows were written in all',
    refusal: /^42501 permission denied for sequence/,
    mechanism: noGrant(
      'usage, select, update on sequence public.market_data_id_seq',
      'usage, select, update on sequence tenant_company_xyz.trading_history_trade_id_seq',
    ),
    success: 'runs',
    variants: each(
      [
        `insert into market_data (company_id, symbol) values ('company_abc', 'x'); select currval('public.market_data_id_seq')`,
        `select nextval('public.market_data_id_seq')`,
        `select setval('public.market_data_id_seq', 5000)`,
        'select last_value from public.market_data_id_seq',
        'select * from market_data_id_seq',
        `select nextval('tenant_company_xyz.trading_history_trade_id_seq')`,
        'select last_value from tenant_company_xyz.trading_history_trade_id_seq',
        `select setval('tenant_company_xyz.trading_history_trade_id_seq', 1)`,
        `select currval('public.market_data_id_seq') from (select nextval('public.market_data_id_seq') offset 0) x`,
      ],
      (statement) => statement,
    ),
  },
  {
    ...common,
    name: 'read the number that came last',
    secret: 'how many rows were written in all',
    refusal: /^42501 permission denied for function lastval/,
    mechanism: noGrant(
      'execute on function pg_catalog.lastval()',
      'usage, select, update on sequence public.market_data_id_seq',
    ),
    success: 'runs',
    variants: each(['lastval()', 'pg_catalog.lastval()', '"lastval"()'], (call) => [
      `insert into market_data (company_id, symbol) values ('company_abc', 'x')`,
      `select ${call}`,
    ]),
  },
  {
    ...common,
    name: 'read the statistics of columns',
    secret: 'the most common values of a column',
    refusal: /^42501 permission denied for table pg_statistic/,
    mechanism: noGrant('select on pg_catalog.pg_statistic'),
    success: 'canary',
    variants: {
      'as they are': 'select starelid::regclass, stavalues1, stavalues2 from pg_statistic',
      'as text': `select string_agg(stavalues1::text, ',') from pg_statistic`,
      'of one table': `select stavalues1::text, stavalues2::text from pg_statistic where starelid = 'public.market_data'::regclass`,
    },
  },
]
