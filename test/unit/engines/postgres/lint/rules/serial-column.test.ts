import { expect, test } from 'vitest'
import { serialColumn } from '../../../../../../src/engines/postgres/lint/rules/serial-column.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a column is serial, then it is found', async () => {
  expect(
    await findings(serialColumn, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create table items (id bigserial primary key);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:21 items.id takes its values from a sequence that companies may not use'])
})

test('given a default calls nextval, then it is found', async () => {
  expect(
    await findings(serialColumn, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': "create table items (id bigint default nextval('numbers'));",
    }),
  ).toEqual(['tenant/0002_change.sql:1:21 items.id takes its values from a sequence that companies may not use'])
})

test('given a column becomes serial later, then it is found', async () => {
  expect(
    await findings(serialColumn, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders add column position serial;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:31 orders.position takes its values from a sequence that companies may not use'])
})

test.each([
  [
    'it is an identity',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create table items (id bigint generated always as identity primary key);',
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(serialColumn, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(serialColumn, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow serial-column because only migrations write it
create table items (id bigserial primary key);`,
    }),
  ).toEqual([])
})
