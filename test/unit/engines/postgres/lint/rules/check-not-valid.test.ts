import { expect, test } from 'vitest'
import { checkNotValid } from '../../../../../../src/engines/postgres/lint/rules/check-not-valid.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a check is made at once, then it is found', async () => {
  expect(
    await findings(checkNotValid, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders add constraint amount_positive check (amount > 0);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:24 the check on orders is made for every row under a lock'])
})

test('given a new column has a check, then it is found', async () => {
  expect(
    await findings(checkNotValid, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': "alter table orders add column state text check (state in ('open', 'closed'));",
    }),
  ).toEqual(['tenant/0002_change.sql:1:42 the check on orders is made for every row under a lock'])
})

test.each([
  [
    'it is not valid at first',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders add constraint amount_positive check (amount > 0) not valid;',
    },
  ],
  [
    'the table is new',
    {
      'tenant/0001_orders.sql': `create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
alter table orders add check (amount > 0);`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(checkNotValid, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(checkNotValid, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow check-not-valid because the table is empty everywhere
alter table orders add constraint amount_positive check (amount > 0);`,
    }),
  ).toEqual([])
})
