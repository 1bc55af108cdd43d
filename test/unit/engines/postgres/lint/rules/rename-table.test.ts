import { expect, test } from 'vitest'
import { renameTable } from '../../../../../../src/engines/postgres/lint/rules/rename-table.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a table is renamed, then it is found', async () => {
  expect(
    await findings(renameTable, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders rename to purchases;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 orders is renamed to purchases'])
})

test.each([
  [
    'a view keeps the old name',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `alter table orders rename to purchases;
create view orders with (security_invoker = true) as select * from purchases;`,
    },
  ],
  [
    'the table is new',
    {
      'tenant/0001_orders.sql': `create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
alter table orders rename to purchases;`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(renameTable, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(renameTable, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow rename-table because no version uses it yet
alter table orders rename to purchases;`,
    }),
  ).toEqual([])
})
