import { expect, test } from 'vitest'
import { securityDefinerSearchPath } from '../../../../../../src/engines/postgres/lint/rules/security-definer-search-path.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given the path is that of the caller, then it is found', async () => {
  expect(
    await findings(securityDefinerSearchPath, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql':
        "create function total() returns numeric language sql security definer as 'select sum(amount) from orders';",
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 total runs as its owner with the search_path of its caller'])
})

test('given a function becomes one, then it is found', async () => {
  expect(
    await findings(securityDefinerSearchPath, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter function total() security definer;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 total is made SECURITY DEFINER without a search_path'])
})

test.each([
  [
    'the path is fixed',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `create function total() returns numeric language sql security definer
  set search_path = pg_catalog, pg_temp as 'select 1.0';`,
    },
  ],
  [
    'the body is atomic',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql':
        'create function total() returns numeric language sql security definer begin atomic; select sum(amount) from orders; end;',
    },
  ],
  [
    'it runs as its caller',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql':
        "create function total() returns numeric language sql security invoker as 'select sum(amount) from orders';",
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(securityDefinerSearchPath, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(securityDefinerSearchPath, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow security-definer-search-path because only the owner may call it
create function total() returns numeric language sql security definer as 'select sum(amount) from orders';`,
    }),
  ).toEqual([])
})
