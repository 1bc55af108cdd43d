import { expect, test } from 'vitest'
import { dropView } from '../../../../../../src/engines/postgres/lint/rules/drop-view.ts'
import { findings } from '../given-migrations.ts'

const before = `create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
create view open_orders with (security_invoker = true) as select id, amount from orders;`

test('given a view is dropped, then it is found', async () => {
  expect(
    await findings(dropView, { 'tenant/0001_orders.sql': before, 'tenant/0002_change.sql': 'drop view open_orders;' }),
  ).toEqual(['tenant/0002_change.sql:1:1 open_orders is dropped, and a running version may read it'])
})

test.each([
  [
    'it is made again',
    {
      'tenant/0001_orders.sql': before,
      'tenant/0002_change.sql': `drop view open_orders;
create view open_orders with (security_invoker = true) as select id from orders;`,
    },
  ],
  [
    'the view is new',
    {
      'tenant/0001_orders.sql': `create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
create view open_orders with (security_invoker = true) as select id, amount from orders;
drop view open_orders;`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(dropView, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(dropView, {
      'tenant/0001_orders.sql': before,
      'tenant/0002_change.sql': `-- dbsvc: allow drop-view because no version reads it since 1.4
drop view open_orders;`,
    }),
  ).toEqual([])
})
