import { expect, test } from 'vitest'
import { neverValidated } from '../../../../../../src/engines/postgres/lint/rules/never-validated.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given no migration validates a constraint, then it is found', async () => {
  expect(
    await findings(neverValidated, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders add constraint amount_positive check (amount > 0) not valid;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:24 no migration validates amount_positive on orders'])
})

test.each([
  [
    'a later one does',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders add constraint amount_positive check (amount > 0) not valid;',
      'tenant/0003_later.sql': 'alter table orders validate constraint amount_positive;',
    },
  ],
  [
    'the constraint is dropped again',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders add constraint amount_positive check (amount > 0) not valid;',
      'tenant/0003_later.sql': 'alter table orders drop constraint amount_positive;',
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(neverValidated, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(neverValidated, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow never-validated because old rows may stay as they are
alter table orders add constraint amount_positive check (amount > 0) not valid;`,
    }),
  ).toEqual([])
})
