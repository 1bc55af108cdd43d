import { expect, test } from 'vitest'
import { transactionControl } from '../../../../../../src/engines/postgres/lint/rules/transaction-control.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given the transaction is committed, then it is found', async () => {
  expect(
    await findings(transactionControl, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `alter table orders add column tag text;
commit;`,
    }),
  ).toEqual(['tenant/0002_change.sql:2:1 COMMIT in a migration: dbsvc keeps a transaction of its own'])
})

test('given one is begun, then it is found', async () => {
  expect(
    await findings(transactionControl, { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'begin;' }),
  ).toEqual(['tenant/0002_change.sql:1:1 BEGIN in a migration: dbsvc keeps a transaction of its own'])
})

test('given it is rolled back on the way down, then it is found', async () => {
  expect(
    await findings(transactionControl, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- Up Migration
select 1;
-- Down Migration
rollback;`,
    }),
  ).toEqual(['tenant/0002_change.sql:4:1 ROLLBACK in a migration: dbsvc keeps a transaction of its own'])
})

test.each([
  [
    'the transaction is left to dbsvc',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'alter table orders add column tag text;' },
  ],
  ['a savepoint is used', { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'savepoint before;' }],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(transactionControl, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(transactionControl, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `alter table orders add column tag text;
-- dbsvc: allow transaction-control because it is run by hand
commit;`,
    }),
  ).toEqual([])
})
