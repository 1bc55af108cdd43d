import { expect, test } from 'vitest'
import { volatileDefault } from '../../../../../../src/engines/postgres/lint/rules/volatile-default.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a new column calls a volatile function, then it is found', async () => {
  expect(
    await findings(volatileDefault, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders add column token uuid default gen_random_uuid();',
    }),
  ).toEqual(['tenant/0002_change.sql:1:31 adding token rewrites orders: its default calls gen_random_uuid()'])
})

test('given a new column is an identity, then it is found', async () => {
  expect(
    await findings(volatileDefault, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders add column position bigint generated always as identity;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:31 adding position rewrites orders: it is an identity column'])
})

test('given a new column is serial, then it is found', async () => {
  expect(
    await findings(volatileDefault, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders add column position bigserial;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:31 adding position rewrites orders: it takes its default from a sequence'])
})

test('given a new column is generated and stored, then it is found', async () => {
  expect(
    await findings(volatileDefault, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql':
        'alter table orders add column doubled numeric generated always as (amount * 2) stored;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:31 adding doubled rewrites orders: it is generated and stored'])
})

test('given a new column calls a function of the migrations, then it is found', async () => {
  expect(
    await findings(volatileDefault, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `create function tag() returns text language sql as 'select random()::text';
alter table orders add column tag text default tag();`,
    }),
  ).toEqual(['tenant/0002_change.sql:2:31 adding tag rewrites orders: its default calls tag()'])
})

test.each([
  [
    'the default comes after the column',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `alter table orders add column token uuid;
alter table orders alter column token set default gen_random_uuid();`,
    },
  ],
  [
    'the default is constant',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': "alter table orders add column state text default 'open';",
    },
  ],
  [
    'it is the same for the whole statement',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders add column seen_at timestamptz default now();',
    },
  ],
  [
    'the column is virtual',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql':
        'alter table orders add column doubled numeric generated always as (amount * 2) virtual;',
    },
  ],
  [
    'the table is new',
    {
      'tenant/0001_orders.sql': `create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
alter table orders add column token uuid default gen_random_uuid();`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(volatileDefault, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(volatileDefault, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow volatile-default because the table is empty everywhere
alter table orders add column token uuid default gen_random_uuid();`,
    }),
  ).toEqual([])
})
