import { expect, test } from 'vitest'
import { timestampWithoutTimeZone } from '../../../../../../src/engines/postgres/lint/rules/timestamp-without-time-zone.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a column has no time zone, then it is found', async () => {
  expect(
    await findings(timestampWithoutTimeZone, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create table items (made_at timestamp not null);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:21 items.made_at is a timestamp without time zone'])
})

test('given one gets that type, then it is found', async () => {
  expect(
    await findings(timestampWithoutTimeZone, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders add column made_at timestamp(3);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:31 orders.made_at is a timestamp without time zone'])
})

test.each([
  [
    'it has one',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create table items (made_at timestamptz, sold_at timestamp with time zone);',
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(timestampWithoutTimeZone, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(timestampWithoutTimeZone, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow timestamp-without-time-zone because it is a wall clock on purpose
create table items (made_at timestamp not null);`,
    }),
  ).toEqual([])
})
