import { expect, test } from 'vitest'
import { foreignKeyNotValid } from '../../../../../../src/engines/postgres/lint/rules/foreign-key-not-valid.ts'
import { findings } from '../given-migrations.ts'

const before = `create table users (id bigint primary key);
create table orders (id bigint primary key, user_id bigint);`

test('given a foreign key is checked at once, then it is found', async () => {
  expect(
    await findings(foreignKeyNotValid, {
      'tenant/0001_orders.sql': before,
      'tenant/0002_change.sql':
        'alter table orders add constraint orders_user foreign key (user_id) references users (id);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:24 the foreign key on orders is checked for every row under a lock'])
})

test('given a new column has a default and a foreign key, then it is found', async () => {
  expect(
    await findings(foreignKeyNotValid, {
      'tenant/0001_orders.sql': before,
      'tenant/0002_change.sql': 'alter table orders add column editor_id bigint default 1 references users (id);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:58 the foreign key on orders is checked for every row under a lock'])
})

test.each([
  [
    'it is not valid at first',
    {
      'tenant/0001_orders.sql': before,
      'tenant/0002_change.sql':
        'alter table orders add constraint orders_user foreign key (user_id) references users (id) not valid;',
    },
  ],
  [
    'a new column is null everywhere',
    {
      'tenant/0001_orders.sql': before,
      'tenant/0002_change.sql': 'alter table orders add column editor_id bigint references users (id);',
    },
  ],
  [
    'the table is new',
    {
      'tenant/0001_orders.sql': `create table users (id bigint primary key);
create table orders (user_id bigint);
alter table orders add foreign key (user_id) references users (id);`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(foreignKeyNotValid, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(foreignKeyNotValid, {
      'tenant/0001_orders.sql': before,
      'tenant/0002_change.sql': `-- dbsvc: allow foreign-key-not-valid because the table is empty everywhere
alter table orders add constraint orders_user foreign key (user_id) references users (id);`,
    }),
  ).toEqual([])
})
