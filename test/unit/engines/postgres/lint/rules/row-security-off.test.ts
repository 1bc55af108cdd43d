import { expect, test } from 'vitest'
import { rowSecurityOff } from '../../../../../../src/engines/postgres/lint/rules/row-security-off.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given row security is disabled, then it is found', async () => {
  expect(
    await findings(rowSecurityOff, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders disable row level security;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 row security of orders is switched off'])
})

test('given it is not forced, then it is found', async () => {
  expect(
    await findings(rowSecurityOff, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders no force row level security;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 row security of orders is no longer forced'])
})

test('given it is disabled on the way down, then it is found', async () => {
  expect(
    await findings(rowSecurityOff, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- Up Migration
select 1;
-- Down Migration
alter table orders disable row level security;`,
    }),
  ).toEqual(['tenant/0002_change.sql:4:1 row security of orders is switched off'])
})

test.each([
  [
    'it is enabled',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders enable row level security, force row level security;',
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(rowSecurityOff, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(rowSecurityOff, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow row-security-off because the next migration drops it
alter table orders disable row level security;`,
    }),
  ).toEqual([])
})
