import { expect, test } from 'vitest'
import { grantToPublic } from '../../../../../../src/engines/postgres/lint/rules/grant-to-public.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given everyone may read a table, then it is found', async () => {
  expect(
    await findings(grantToPublic, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'grant select on orders to public;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:27 select is granted to PUBLIC'])
})

test('given everyone may by default, then it is found', async () => {
  expect(
    await findings(grantToPublic, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter default privileges grant execute on functions to public;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:56 execute is granted to PUBLIC'])
})

test.each([
  [
    'one role may',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'grant select on orders to reporting;' },
  ],
  [
    'a right is taken away',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'revoke all on orders from public;' },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(grantToPublic, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(grantToPublic, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow grant-to-public because the table holds nothing but country names
grant select on orders to public;`,
    }),
  ).toEqual([])
})
