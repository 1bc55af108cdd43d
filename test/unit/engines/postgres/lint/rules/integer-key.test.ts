import { expect, test } from 'vitest'
import { integerKey } from '../../../../../../src/engines/postgres/lint/rules/integer-key.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a key is an integer, then it is found', async () => {
  expect(
    await findings(integerKey, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create table items (id integer generated always as identity primary key);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:61 items.id is int4'])
})

test('given a key beside company_id is, then it is found', async () => {
  expect(
    await findings(integerKey, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create table items (company_id text, id int, primary key (company_id, id));',
    }),
  ).toEqual(['tenant/0002_change.sql:1:46 items.id is int4'])
})

test.each([
  [
    'it is a bigint',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create table items (id bigint generated always as identity primary key);',
    },
  ],
  [
    'several columns make the key',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create table days (year integer, day integer, primary key (year, day));',
    },
  ],
  [
    'it is the key of another table',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create table details (id integer primary key references orders (id));',
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(integerKey, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(integerKey, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow integer-key because there are 50 of them
create table items (id integer generated always as identity primary key);`,
    }),
  ).toEqual([])
})
