import { expect, test } from 'vitest'
import { roleChange } from '../../../../../../src/engines/postgres/lint/rules/role-change.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given the role is set, then it is found', async () => {
  expect(
    await findings(roleChange, { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'set role postgres;' }),
  ).toEqual(['tenant/0002_change.sql:1:1 the role is changed; migrations run as dbsvc_owner'])
})

test('given it is reset, then it is found', async () => {
  expect(
    await findings(roleChange, { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'reset role;' }),
  ).toEqual(['tenant/0002_change.sql:1:1 the role is changed; migrations run as dbsvc_owner'])
})

test('given the session authorization is set, then it is found', async () => {
  expect(
    await findings(roleChange, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': "set session authorization 'postgres';",
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 the role is changed; migrations run as dbsvc_owner'])
})

test('given set_config sets it, then it is found', async () => {
  expect(
    await findings(roleChange, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': "select set_config('role', 'postgres', true);",
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 the role is changed; migrations run as dbsvc_owner'])
})

test('given it is set on the way down, then it is found', async () => {
  expect(
    await findings(roleChange, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- Up Migration
select 1;
-- Down Migration
set role postgres;`,
    }),
  ).toEqual(['tenant/0002_change.sql:4:1 the role is changed; migrations run as dbsvc_owner'])
})

test.each([
  [
    'another setting is set',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': "set local work_mem = '64MB';" },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(roleChange, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(roleChange, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow role-change because an extension wants it
set role postgres;`,
    }),
  ).toEqual([])
})
