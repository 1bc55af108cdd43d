import { expect, test } from 'vitest'
import { charType } from '../../../../../../src/engines/postgres/lint/rules/char-type.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a column is char(n), then it is found', async () => {
  expect(
    await findings(charType, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create table items (currency char(3));',
    }),
  ).toEqual(['tenant/0002_change.sql:1:21 items.currency is char(3)'])
})

test('given it is char, then it is found', async () => {
  expect(
    await findings(charType, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create table items (flag char);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:21 items.flag is char(1)'])
})

test.each([
  [
    'it is varchar',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'create table items (currency varchar(3));' },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(charType, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(charType, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow char-type because another system compares it so
create table items (currency char(3));`,
    }),
  ).toEqual([])
})
