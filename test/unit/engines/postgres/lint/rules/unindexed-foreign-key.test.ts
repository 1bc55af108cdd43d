import { expect, test } from 'vitest'
import { unindexedForeignKey } from '../../../../../../src/engines/postgres/lint/rules/unindexed-foreign-key.ts'
import { findings } from '../given-migrations.ts'

test('given no index serves it, then it is found', async () => {
  expect(
    await findings(unindexedForeignKey, {
      'tenant/0001_orders.sql': `create table users (id bigint primary key);
create table orders (id bigint primary key, user_id bigint references users (id));`,
    }),
  ).toEqual(['tenant/0001_orders.sql:2:60 no index on orders (user_id) for orders_user_id_fkey'])
})

test('given the index begins with another column, then it is found', async () => {
  expect(
    await findings(unindexedForeignKey, {
      'tenant/0001_orders.sql': `create table users (id bigint primary key);
create table orders (id bigint, user_id bigint references users (id));
create index on orders (id, user_id);`,
    }),
  ).toEqual(['tenant/0001_orders.sql:2:48 no index on orders (user_id) for orders_user_id_fkey'])
})

test('given the index has not all rows, then it is found', async () => {
  expect(
    await findings(unindexedForeignKey, {
      'tenant/0001_orders.sql': `create table users (id bigint primary key);
create table orders (id bigint, user_id bigint references users (id));
create index on orders (user_id) where id > 10;`,
    }),
  ).toEqual(['tenant/0001_orders.sql:2:48 no index on orders (user_id) for orders_user_id_fkey'])
})

test.each([
  [
    'an index begins with it',
    {
      'tenant/0001_orders.sql': `create table users (id bigint primary key);
create table orders (id bigint primary key, user_id bigint references users (id));
create index orders_user on orders (user_id, id);`,
    },
  ],
  [
    'a later migration builds it',
    {
      'tenant/0001_orders.sql': `create table users (id bigint primary key);
create table orders (id bigint, user_id bigint references users (id));`,
      'tenant/0002_change.sql': 'create index on orders (user_id);',
    },
  ],
  [
    'the index leaves only nulls out',
    {
      'tenant/0001_orders.sql': `create table users (id bigint primary key);
create table orders (user_id bigint references users (id));
create index on orders (user_id) where user_id is not null;`,
    },
  ],
  [
    'it is a key itself',
    {
      'tenant/0001_orders.sql': `create table users (id bigint primary key);
create table orders (user_id bigint primary key references users (id));`,
    },
  ],
  [
    'it comes behind company_id',
    {
      'shared/0001_quotes.sql': `create table symbols (symbol text primary key);
create table trades (company_id text, symbol text references symbols (symbol));
create index on trades (company_id, symbol);`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(unindexedForeignKey, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(unindexedForeignKey, {
      'tenant/0001_orders.sql': `create table users (id bigint primary key);
-- dbsvc: allow unindexed-foreign-key because users are never deleted
create table orders (id bigint primary key, user_id bigint references users (id));`,
    }),
  ).toEqual([])
})
