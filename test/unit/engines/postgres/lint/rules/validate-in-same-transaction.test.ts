import { expect, test } from 'vitest'
import { validateInSameTransaction } from '../../../../../../src/engines/postgres/lint/rules/validate-in-same-transaction.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a constraint is added and validated at once, then it is found', async () => {
  expect(
    await findings(validateInSameTransaction, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `alter table orders add constraint amount_positive check (amount > 0) not valid;
alter table orders validate constraint amount_positive;`,
    }),
  ).toEqual(['tenant/0002_change.sql:2:1 amount_positive is validated in the transaction that added it'])
})

test.each([
  [
    'it is validated later',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders add constraint amount_positive check (amount > 0) not valid;',
      'tenant/0003_later.sql': 'alter table orders validate constraint amount_positive;',
    },
  ],
  [
    'each statement has a transaction of its own',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.ts': `export const up = (pgm) => {
  pgm.noTransaction()
  pgm.sql('alter table orders add constraint amount_positive check (amount > 0) not valid')
  pgm.sql('alter table orders validate constraint amount_positive')
}
export const down = false
`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(validateInSameTransaction, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(validateInSameTransaction, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `alter table orders add constraint amount_positive check (amount > 0) not valid;
-- dbsvc: allow validate-in-same-transaction because the table is empty everywhere
alter table orders validate constraint amount_positive;`,
    }),
  ).toEqual([])
})
