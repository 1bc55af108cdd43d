import { expect, test } from 'vitest'
import { renameColumn } from '../../../../../../src/engines/postgres/lint/rules/rename-column.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a column is renamed, then it is found', async () => {
  expect(
    await findings(renameColumn, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders rename column note to remark;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 orders.note is renamed to remark'])
})

test.each([
  [
    'the new name comes beside the old one',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'alter table orders add column remark text;' },
  ],
  [
    'the table is new',
    {
      'tenant/0001_orders.sql': `create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
alter table orders rename column note to remark;`,
    },
  ],
  [
    'a constraint is renamed',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders rename constraint orders_pkey to orders_key;',
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(renameColumn, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(renameColumn, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow rename-column because no version uses it yet
alter table orders rename column note to remark;`,
    }),
  ).toEqual([])
})
