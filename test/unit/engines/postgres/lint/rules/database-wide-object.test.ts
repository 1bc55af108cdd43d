import { expect, test } from 'vitest'
import { databaseWideObject } from '../../../../../../src/engines/postgres/lint/rules/database-wide-object.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given an extension is made for each company, then it is found', async () => {
  expect(
    await findings(databaseWideObject, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create extension if not exists citext;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 an extension belongs to the whole database, not to one company'])
})

test('given a schema is, then it is found', async () => {
  expect(
    await findings(databaseWideObject, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create schema reports;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 a schema belongs to the whole database, not to one company'])
})

test.each([
  ['a type is', { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': "create type state as enum ('open');" }],
  ['the scope is shared', { 'shared/0001_quotes.sql': 'create extension citext;' }],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(databaseWideObject, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(databaseWideObject, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow database-wide-object because the first company makes it
create extension if not exists citext;`,
    }),
  ).toEqual([])
})
