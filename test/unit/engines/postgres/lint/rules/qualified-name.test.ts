import { expect, test } from 'vitest'
import { qualifiedName } from '../../../../../../src/engines/postgres/lint/rules/qualified-name.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a table is made in a schema, then it is found', async () => {
  expect(
    await findings(qualifiedName, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create table public.rates (id bigint primary key);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:14 public.rates is the same object for every company'])
})

test('given a foreign key points into one, then it is found', async () => {
  expect(
    await findings(qualifiedName, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create table items (rate_id bigint references public.rates (id));',
    }),
  ).toEqual(['tenant/0002_change.sql:1:47 public.rates is the same object for every company'])
})

test('given a function of one is called, then it is found', async () => {
  expect(
    await findings(qualifiedName, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create table items (id uuid default extensions.uuid_generate_v4());',
    }),
  ).toEqual(['tenant/0002_change.sql:1:37 extensions.uuid_generate_v4 is the same object for every company'])
})

test('given a type of one is used, then it is found', async () => {
  expect(
    await findings(qualifiedName, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create table items (place extensions.geography);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:27 extensions.geography is the same object for every company'])
})

test('given something in one is dropped, then it is found', async () => {
  expect(
    await findings(qualifiedName, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'drop table public.rates;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 public.rates is the same object for every company'])
})

test('given a trigger of a table in one is dropped, then it is found', async () => {
  expect(await findings(qualifiedName, { 'tenant/0001_drop.sql': 'drop trigger mine on public.rates;' })).toEqual([
    'tenant/0001_drop.sql:1:1 public.rates is the same object for every company',
  ])
})

test('given a schema of migrations.searchPath, then nothing is found', async () => {
  const migrations = { 'tenant/0001_items.sql': 'create table items (place extensions.geography);' }
  expect(await findings(qualifiedName, migrations, ['extensions'])).toEqual([])
})

test('given it is on the way down, then it is found', async () => {
  expect(
    await findings(qualifiedName, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- Up Migration
select 1;
-- Down Migration
drop table public.rates;`,
    }),
  ).toEqual(['tenant/0002_change.sql:4:1 public.rates is the same object for every company'])
})

test.each([
  [
    'names are left to dbsvc',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'create table rates (id bigint primary key);' },
  ],
  [
    'PostgreSQL and dbsvc are called by name',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `create table rates (id pg_catalog.int8, at timestamptz default pg_catalog.now());
select dbsvc.create_time_series('rates', 'at', chunk => interval '1 day');`,
    },
  ],
  [
    'a policy of a plain table is dropped',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'drop policy mine on orders;' },
  ],
  ['the scope is shared', { 'shared/0001_quotes.sql': 'create table public.rates (id bigint primary key);' }],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(qualifiedName, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(qualifiedName, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow qualified-name because the table is there once for all
create table public.rates (id bigint primary key);`,
    }),
  ).toEqual([])
})
