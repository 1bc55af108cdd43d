import { expect, test } from 'vitest'
import { dmlWithoutWhere } from '../../../../../../src/engines/postgres/lint/rules/dml-without-where.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given every row is changed, then it is found', async () => {
  expect(
    await findings(dmlWithoutWhere, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': "update orders set note = '';",
    }),
  ).toEqual(['tenant/0002_change.sql:1:8 every row of orders is touched'])
})

test('given every row is deleted, then it is found', async () => {
  expect(
    await findings(dmlWithoutWhere, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'delete from orders;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:13 every row of orders is touched'])
})

test('given it happens in a common table expression, then it is found', async () => {
  expect(
    await findings(dmlWithoutWhere, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'with gone as (delete from orders returning id) select count(*) from gone;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:27 every row of orders is touched'])
})

test.each([
  [
    'the rows are named',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': "update orders set note = '' where note is null;" },
  ],
  [
    'the table is new',
    {
      'tenant/0001_orders.sql': `create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
update orders set note = '';`,
    },
  ],
  [
    'a function does it later',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql':
        'create function clear() returns void language sql begin atomic; delete from orders; end;',
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(dmlWithoutWhere, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(dmlWithoutWhere, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow dml-without-where because the table is empty everywhere
update orders set note = '';`,
    }),
  ).toEqual([])
})
