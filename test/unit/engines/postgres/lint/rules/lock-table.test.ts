import { expect, test } from 'vitest'
import { lockTable } from '../../../../../../src/engines/postgres/lint/rules/lock-table.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a table is locked, then it is found', async () => {
  expect(
    await findings(lockTable, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'lock table orders in exclusive mode;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:12 orders is locked until the transaction ends'])
})

test('given it is locked on the way down, then it is found', async () => {
  expect(
    await findings(lockTable, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- Up Migration
select 1;
-- Down Migration
lock table orders;`,
    }),
  ).toEqual(['tenant/0002_change.sql:4:12 orders is locked until the transaction ends'])
})

test.each([
  [
    'a statement takes the lock it needs',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'update orders set note = upper(note) where note is not null;',
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(lockTable, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(lockTable, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow lock-table because two statements must see the same rows
lock table orders in exclusive mode;`,
    }),
  ).toEqual([])
})
