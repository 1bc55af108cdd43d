import { expect, test } from 'vitest'
import { schemaChange } from '../../../../../../src/engines/postgres/lint/rules/schema-change.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a table is moved, then it is found', async () => {
  expect(
    await findings(schemaChange, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders set schema archive;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 something is moved to the schema archive'])
})

test('given a function is moved on the way down, then it is found', async () => {
  expect(
    await findings(schemaChange, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- Up Migration
select 1;
-- Down Migration
alter function total() set schema archive;`,
    }),
  ).toEqual(['tenant/0002_change.sql:4:1 something is moved to the schema archive'])
})

test.each([
  [
    'it stays',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'alter table orders rename to purchases;' },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(schemaChange, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(schemaChange, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow schema-change because it is run by hand
alter table orders set schema archive;`,
    }),
  ).toEqual([])
})
