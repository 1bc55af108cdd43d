import { expect, test } from 'vitest'
import { jsonType } from '../../../../../../src/engines/postgres/lint/rules/json-type.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a column is json, then it is found', async () => {
  expect(
    await findings(jsonType, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create table items (data json);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:21 items.data is json'])
})

test.each([
  ['it is jsonb', { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'create table items (data jsonb);' }],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(jsonType, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(jsonType, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow json-type because the order of keys matters
create table items (data json);`,
    }),
  ).toEqual([])
})
