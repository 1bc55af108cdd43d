import { expect, test } from 'vitest'
import { roleStatement } from '../../../../../../src/engines/postgres/lint/rules/role-statement.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a role is made, then it is found', async () => {
  expect(
    await findings(roleStatement, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create role reporting;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 a role is made'])
})

test('given a membership is granted, then it is found', async () => {
  expect(
    await findings(roleStatement, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'grant reporting to database_service_role;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 a membership in a role is changed'])
})

test('given a role gets a setting, then it is found', async () => {
  expect(
    await findings(roleStatement, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter role database_service_role set work_mem = 65536;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 a setting of a role is changed'])
})

test.each([
  [
    'a table is granted',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'grant select on orders to reporting;' },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(roleStatement, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(roleStatement, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow role-statement because it is run by hand
create role reporting;`,
    }),
  ).toEqual([])
})
