import { expect, test } from 'vitest'
import { materializedView } from '../../../../../../src/engines/postgres/lint/rules/materialized-view.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given one is made, then it is found', async () => {
  expect(
    await findings(materializedView, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create materialized view totals as select sum(amount) from orders;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 no company can reach totals: a materialised view has no policies'])
})

test.each([
  [
    'a plain view is',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create view totals with (security_invoker = true) as select sum(amount) from orders;',
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(materializedView, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(materializedView, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow materialized-view because only a report of ours reads it
create materialized view totals as select sum(amount) from orders;`,
    }),
  ).toEqual([])
})
