import { expect, test } from 'vitest'
import { syntaxError } from '../../../../../../src/engines/postgres/lint/rules/syntax-error.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a statement is none, then it is found', async () => {
  expect(
    await findings(syntaxError, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `alter table orders
  ad column note text;`,
    }),
  ).toEqual(['tenant/0002_change.sql:2:3 syntax error at or near "ad"'])
})

test('given it is on the way down, then it is found', async () => {
  expect(
    await findings(syntaxError, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- Up Migration
select 1;
-- Down Migration
drop tabel orders;`,
    }),
  ).toEqual(['tenant/0002_change.sql:4:6 syntax error at or near "tabel"'])
})

test('given letters of several bytes come before it, then it is found', async () => {
  expect(
    await findings(syntaxError, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': "select 'é€', 'ü'; creat table x ();",
    }),
  ).toEqual(['tenant/0002_change.sql:1:19 syntax error at or near "creat"'])
})

test.each([
  [
    'it is one',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `alter table orders
  add column tag text;`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(syntaxError, migrations)).toEqual([])
})
