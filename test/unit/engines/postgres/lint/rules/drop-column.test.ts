import { expect, test } from 'vitest'
import { dropColumn } from '../../../../../../src/engines/postgres/lint/rules/drop-column.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a column is dropped, then it is found', async () => {
  expect(
    await findings(dropColumn, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders drop column note;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 orders.note is dropped, and a running version may use it'])
})

test.each([
  [
    'the table is new',
    {
      'tenant/0001_orders.sql': `create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
alter table orders drop column note;`,
    },
  ],
  [
    'it is dropped on the way down',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- Up Migration
alter table orders add column tag text;
-- Down Migration
alter table orders drop column tag;`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(dropColumn, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(dropColumn, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow drop-column because no version uses it since 1.4
alter table orders drop column note;`,
    }),
  ).toEqual([])
})
