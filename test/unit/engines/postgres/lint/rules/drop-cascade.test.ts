import { expect, test } from 'vitest'
import { dropCascade } from '../../../../../../src/engines/postgres/lint/rules/drop-cascade.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given what depends on a table is dropped with it, then it is found', async () => {
  expect(
    await findings(dropCascade, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'drop table orders cascade;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 CASCADE drops more than is named'])
})

test('given what depends on a column is, then it is found', async () => {
  expect(
    await findings(dropCascade, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders drop column note cascade;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 CASCADE drops more than is named'])
})

test.each([
  [
    'only what is named is dropped',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'drop table orders;' },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(dropCascade, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(dropCascade, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow drop-cascade because only our own view depends on it
drop table orders cascade;`,
    }),
  ).toEqual([])
})
