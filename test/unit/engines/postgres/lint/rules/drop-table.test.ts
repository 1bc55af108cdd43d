import { expect, test } from 'vitest'
import { dropTable } from '../../../../../../src/engines/postgres/lint/rules/drop-table.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a table is dropped, then it is found', async () => {
  expect(
    await findings(dropTable, { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'drop table orders;' }),
  ).toEqual(['tenant/0002_change.sql:1:1 orders is dropped, and a running version may use it'])
})

test('given several are, then it is found', async () => {
  expect(
    await findings(dropTable, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'drop table if exists orders, items;',
    }),
  ).toEqual([
    'tenant/0002_change.sql:1:1 orders is dropped, and a running version may use it',
    'tenant/0002_change.sql:1:1 items is dropped, and a running version may use it',
  ])
})

test.each([
  [
    'the table is new',
    {
      'tenant/0001_orders.sql': `create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
drop table orders;`,
    },
  ],
  [
    'it is dropped on the way down',
    {
      'tenant/0001_orders.sql': `-- Up Migration
create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
-- Down Migration
drop table orders;`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(dropTable, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(dropTable, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow drop-table because no version uses it since 1.4
drop table orders;`,
    }),
  ).toEqual([])
})
