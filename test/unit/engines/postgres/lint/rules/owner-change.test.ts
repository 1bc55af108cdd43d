import { expect, test } from 'vitest'
import { ownerChange } from '../../../../../../src/engines/postgres/lint/rules/owner-change.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a table gets another owner, then it is found', async () => {
  expect(
    await findings(ownerChange, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders owner to postgres;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:29 the owner becomes postgres'])
})

test('given a function does, then it is found', async () => {
  expect(
    await findings(ownerChange, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter function total() owner to postgres;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:33 the owner becomes postgres'])
})

test('given everything does, then it is found', async () => {
  expect(
    await findings(ownerChange, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'reassign owned by dbsvc_owner to postgres;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:34 the owner becomes postgres'])
})

test.each([
  [
    'it is dbsvc_owner',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'alter table orders owner to dbsvc_owner;' },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(ownerChange, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(ownerChange, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow owner-change because the role is no superuser
alter table orders owner to postgres;`,
    }),
  ).toEqual([])
})
