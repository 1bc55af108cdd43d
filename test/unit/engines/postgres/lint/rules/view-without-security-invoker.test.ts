import { expect, test } from 'vitest'
import { viewWithoutSecurityInvoker } from '../../../../../../src/engines/postgres/lint/rules/view-without-security-invoker.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a view says nothing, then it is found', async () => {
  expect(
    await findings(viewWithoutSecurityInvoker, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create view open_orders as select id from orders;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 open_orders does not say security_invoker = true'])
})

test.each([
  [
    'it says so',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create view open_orders with (security_invoker = true) as select id from orders;',
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(viewWithoutSecurityInvoker, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(viewWithoutSecurityInvoker, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow view-without-security-invoker because dbsvc adds it
create view open_orders as select id from orders;`,
    }),
  ).toEqual([])
})
