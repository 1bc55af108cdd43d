import { expect, test } from 'vitest'
import { columnTypeRewrite } from '../../../../../../src/engines/postgres/lint/rules/column-type-rewrite.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a number gets another scale, then it is found', async () => {
  expect(
    await findings(columnTypeRewrite, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders alter column amount type numeric(12, 4);',
    }),
  ).toEqual([
    'tenant/0002_change.sql:1:33 changing orders.amount from numeric(12,2) to numeric(12,4) rewrites the table',
  ])
})

test('given text becomes a number, then it is found', async () => {
  expect(
    await findings(columnTypeRewrite, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders alter column note type bigint using note::bigint;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:33 changing orders.note from varchar(20) to int8 rewrites the table'])
})

test('given a length shrinks, then it is found', async () => {
  expect(
    await findings(columnTypeRewrite, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders alter column note type varchar(10);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:33 changing orders.note from varchar(20) to varchar(10) rewrites the table'])
})

test('given values are computed, then it is found', async () => {
  expect(
    await findings(columnTypeRewrite, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders alter column note type text using upper(note);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:33 changing orders.note from varchar(20) to text rewrites the table'])
})

test.each([
  [
    'a length grows',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders alter column note type varchar(40);',
    },
  ],
  [
    'varchar becomes text',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders alter column note type text using note::text;',
    },
  ],
  [
    'a number gets more digits before the point',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders alter column amount type numeric(20, 2);',
    },
  ],
  [
    'the table is new',
    {
      'tenant/0001_orders.sql': `create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
alter table orders alter column note type bigint using note::bigint;`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(columnTypeRewrite, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(columnTypeRewrite, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow column-type-rewrite because the table is empty everywhere
alter table orders alter column amount type numeric(12, 4);`,
    }),
  ).toEqual([])
})
