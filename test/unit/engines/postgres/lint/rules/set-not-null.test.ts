import { expect, test } from 'vitest'
import { setNotNull } from '../../../../../../src/engines/postgres/lint/rules/set-not-null.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given nothing proves that no row has a null, then it is found', async () => {
  expect(
    await findings(setNotNull, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders alter column note set not null;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 SET NOT NULL on orders.note reads the whole table under a lock'])
})

test('given the check that proves it is not validated, then it is found', async () => {
  expect(
    await findings(setNotNull, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders add constraint note_there check (note is not null) not valid;',
      'tenant/0003_later.sql': 'alter table orders alter column note set not null;',
    }),
  ).toEqual(['tenant/0003_later.sql:1:1 SET NOT NULL on orders.note reads the whole table under a lock'])
})

test('given a NOT NULL constraint is added at once, then it is found', async () => {
  expect(
    await findings(setNotNull, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders add constraint note_there not null note;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:24 a NOT NULL constraint on orders reads the whole table under a lock'])
})

test.each([
  [
    'a validated check proves it',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders add constraint note_there check (note is not null) not valid;',
      'tenant/0003_later.sql': 'alter table orders validate constraint note_there;',
      'tenant/0004_last.sql': 'alter table orders alter column note set not null;',
    },
  ],
  [
    'a NOT NULL constraint is added as not valid',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders add constraint note_there not null note not valid;',
    },
  ],
  [
    'the column is not null already',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'alter table orders alter column id set not null;' },
  ],
  [
    'the table is new',
    {
      'tenant/0001_orders.sql': `create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
alter table orders alter column note set not null;`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(setNotNull, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(setNotNull, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow set-not-null because the table is empty everywhere
alter table orders alter column note set not null;`,
    }),
  ).toEqual([])
})
