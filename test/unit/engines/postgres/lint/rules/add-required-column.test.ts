import { expect, test } from 'vitest'
import { addRequiredColumn } from '../../../../../../src/engines/postgres/lint/rules/add-required-column.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a new column is not null, then it is found', async () => {
  expect(
    await findings(addRequiredColumn, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders add column state text not null;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:31 orders.state is NOT NULL, and rows that are there have no value for it'])
})

test.each([
  [
    'it has a default',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': "alter table orders add column state text not null default 'open';",
    },
  ],
  [
    'it may be null',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'alter table orders add column state text;' },
  ],
  [
    'the table is new',
    {
      'tenant/0001_orders.sql': `create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
alter table orders add column state text not null;`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(addRequiredColumn, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(addRequiredColumn, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow add-required-column because the table is empty everywhere
alter table orders add column state text not null;`,
    }),
  ).toEqual([])
})
