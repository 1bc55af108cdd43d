import { expect, test } from 'vitest'
import { grantOnSequence } from '../../../../../../src/engines/postgres/lint/rules/grant-on-sequence.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a sequence is granted, then it is found', async () => {
  expect(
    await findings(grantOnSequence, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'grant usage on sequence orders_id_seq to database_service_role;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 a sequence is granted to database_service_role'])
})

test('given all of a schema are, then it is found', async () => {
  expect(
    await findings(grantOnSequence, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'grant usage on all sequences in schema public to database_service_role;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 a sequence is granted to database_service_role'])
})

test.each([
  [
    'a table is',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'grant select on orders to database_service_role;' },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(grantOnSequence, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(grantOnSequence, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow grant-on-sequence because the numbers are no secret
grant usage on sequence orders_id_seq to database_service_role;`,
    }),
  ).toEqual([])
})
