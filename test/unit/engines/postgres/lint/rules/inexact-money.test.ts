import { expect, test } from 'vitest'
import { inexactMoney } from '../../../../../../src/engines/postgres/lint/rules/inexact-money.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a price is double precision, then it is found', async () => {
  expect(
    await findings(inexactMoney, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create table items (price double precision);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:21 items.price looks like money, and double precision cannot hold 0.1'])
})

test('given a balance is real, then it is found', async () => {
  expect(
    await findings(inexactMoney, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create table items (opening_balance real);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:21 items.opening_balance looks like money, and real keeps 6 digits'])
})

test('given a column is money, then it is found', async () => {
  expect(
    await findings(inexactMoney, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create table items (paid money);',
    }),
  ).toEqual([
    'tenant/0002_change.sql:1:21 items.paid looks like money, and money has the currency and the digits of whatever lc_monetary says',
  ])
})

test.each([
  [
    'it is numeric',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'create table items (price numeric(20, 4));' },
  ],
  [
    'it is something else',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'create table items (temperature real);' },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(inexactMoney, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(inexactMoney, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow inexact-money because it is an estimate
create table items (price double precision);`,
    }),
  ).toEqual([])
})
