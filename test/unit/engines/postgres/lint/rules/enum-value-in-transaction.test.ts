import { expect, test } from 'vitest'
import { enumValueInTransaction } from '../../../../../../src/engines/postgres/lint/rules/enum-value-in-transaction.ts'
import { findings } from '../given-migrations.ts'

const before = `create type state as enum ('open', 'closed');
create table orders (state state);`

test('given a new value is used at once, then it is found', async () => {
  expect(
    await findings(enumValueInTransaction, {
      'tenant/0001_orders.sql': before,
      'tenant/0002_change.sql': `alter type state add value 'paid';
update orders set state = 'paid' where state = 'closed';`,
    }),
  ).toEqual(["tenant/0002_change.sql:1:1 'paid' is added to state and used before that is committed"])
})

test.each([
  [
    'it is used in the next migration',
    {
      'tenant/0001_orders.sql': before,
      'tenant/0002_change.sql': "alter type state add value 'paid';",
      'tenant/0003_later.sql': "update orders set state = 'paid' where state = 'closed';",
    },
  ],
  [
    'the type is new',
    {
      'tenant/0001_orders.sql': `create type state as enum ('open', 'closed');
create table orders (state state);
alter type state add value 'paid';
insert into orders values ('paid');`,
    },
  ],
  [
    'the value is only renamed',
    {
      'tenant/0001_orders.sql': before,
      'tenant/0002_change.sql': `alter type state rename value 'open' to 'new';
insert into orders values ('new');`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(enumValueInTransaction, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(enumValueInTransaction, {
      'tenant/0001_orders.sql': before,
      'tenant/0002_change.sql': `-- dbsvc: allow enum-value-in-transaction because the update never finds a row
alter type state add value 'paid';
update orders set state = 'paid' where state = 'closed';`,
    }),
  ).toEqual([])
})
