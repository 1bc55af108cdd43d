import { expect, test } from 'vitest'
import { uniqueWithoutIndex } from '../../../../../../src/engines/postgres/lint/rules/unique-without-index.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a unique constraint builds its own index, then it is found', async () => {
  expect(
    await findings(uniqueWithoutIndex, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders add constraint orders_note unique (note);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:24 the unique constraint builds its index on orders under a lock'])
})

test('given a primary key does, then it is found', async () => {
  expect(
    await findings(uniqueWithoutIndex, {
      'tenant/0001_orders.sql': 'create table orders (id bigint);',
      'tenant/0002_change.sql': 'alter table orders add primary key (id);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:24 the primary key builds its index on orders under a lock'])
})

test('given a new column is unique, then it is found', async () => {
  expect(
    await findings(uniqueWithoutIndex, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders add column code text unique;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:41 the unique constraint builds its index on orders under a lock'])
})

test.each([
  [
    'it takes an index that is there',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.ts': `export const up = (pgm) => {
  pgm.noTransaction()
  pgm.sql('create unique index concurrently orders_note on orders (note)')
}
export const down = false
`,
      'tenant/0003_later.sql': 'alter table orders add constraint orders_note unique using index orders_note;',
    },
  ],
  [
    'the table is new',
    {
      'tenant/0001_orders.sql': `create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
alter table orders add unique (note);`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(uniqueWithoutIndex, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(uniqueWithoutIndex, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow unique-without-index because the table is empty everywhere
alter table orders add unique (note);`,
    }),
  ).toEqual([])
})
