import { expect, test } from 'vitest'
import { tableRewrite } from '../../../../../../src/engines/postgres/lint/rules/table-rewrite.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a table is clustered, then it is found', async () => {
  expect(
    await findings(tableRewrite, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'cluster orders using orders_pkey;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 CLUSTER copies the table'])
})

test('given a table is made unlogged, then it is found', async () => {
  expect(
    await findings(tableRewrite, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders set unlogged;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 SET UNLOGGED copies orders'])
})

test('given a table is vacuumed in full, then it is found', async () => {
  expect(
    await findings(tableRewrite, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'vacuum (full) orders;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 VACUUM FULL copies the table'])
})

test.each([
  [
    'only the catalogue is touched',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'alter table orders set (fillfactor = 80);' },
  ],
  [
    'the table is new',
    {
      'tenant/0001_orders.sql': `create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
alter table orders set unlogged;`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(tableRewrite, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(tableRewrite, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow table-rewrite because the table is empty everywhere
cluster orders using orders_pkey;`,
    }),
  ).toEqual([])
})
