import { expect, test } from 'vitest'
import { truncate } from '../../../../../../src/engines/postgres/lint/rules/truncate.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a table is truncated, then it is found', async () => {
  expect(
    await findings(truncate, { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'truncate orders;' }),
  ).toEqual(['tenant/0002_change.sql:1:10 all rows of orders are removed'])
})

test('given several are, then it is found', async () => {
  expect(
    await findings(truncate, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'truncate orders, items cascade;',
    }),
  ).toEqual([
    'tenant/0002_change.sql:1:10 all rows of orders are removed',
    'tenant/0002_change.sql:1:18 all rows of items are removed',
  ])
})

test.each([
  [
    'the table is new',
    {
      'tenant/0001_orders.sql': `create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
truncate orders;`,
    },
  ],
  [
    'rows are deleted',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'delete from orders where amount = 0;' },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(truncate, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(truncate, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow truncate because the table is empty everywhere
truncate orders;`,
    }),
  ).toEqual([])
})
