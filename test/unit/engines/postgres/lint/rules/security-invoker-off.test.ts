import { expect, test } from 'vitest'
import { securityInvokerOff } from '../../../../../../src/engines/postgres/lint/rules/security-invoker-off.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a view says it is off, then it is found', async () => {
  expect(
    await findings(securityInvokerOff, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create view open_orders with (security_invoker = false) as select id from orders;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 open_orders reads with the rights of its owner'])
})

test('given the option is set to off, then it is found', async () => {
  expect(
    await findings(securityInvokerOff, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter view open_orders set (security_invoker = off);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 open_orders reads with the rights of its owner'])
})

test('given the option is reset, then it is found', async () => {
  expect(
    await findings(securityInvokerOff, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter view open_orders reset (security_invoker);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 open_orders reads with the rights of its owner'])
})

test.each([
  [
    'it is on',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create view open_orders with (security_invoker = true) as select id from orders;',
    },
  ],
  [
    'another option is reset',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'alter view open_orders reset (security_barrier);' },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(securityInvokerOff, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(securityInvokerOff, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow security-invoker-off because dbsvc turns it on again
create view open_orders with (security_invoker = false) as select id from orders;`,
    }),
  ).toEqual([])
})
