import { expect, test } from 'vitest'
import { searchPathChange } from '../../../../../../src/engines/postgres/lint/rules/search-path-change.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given search_path is set, then it is found', async () => {
  expect(
    await findings(searchPathChange, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `set local search_path = public;
create table rates (id bigint primary key);`,
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 search_path is changed; dbsvc chooses the schema'])
})

test('given set_config sets it, then it is found', async () => {
  expect(
    await findings(searchPathChange, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': "select set_config('search_path', 'public', true);",
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 search_path is changed; dbsvc chooses the schema'])
})

test.each([
  [
    'a function has a search_path of its own',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql':
        "create function one() returns integer language sql set search_path = pg_catalog, pg_temp as 'select 1';",
    },
  ],
  [
    'names are left to dbsvc',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'create table rates (id bigint primary key);' },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(searchPathChange, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(searchPathChange, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow search-path-change because the extension cannot be reached otherwise
set local search_path = public;
create table rates (id bigint primary key);`,
    }),
  ).toEqual([])
})
