import { expect, test } from 'vitest'
import { irreversible } from '../../../../../../src/engines/postgres/lint/rules/irreversible.ts'
import { findings } from '../given-migrations.ts'

test('given there is no way down, then it is found', async () => {
  expect(
    await findings(irreversible, {
      'tenant/0001_orders.sql': `-- Up Migration
create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));`,
    }),
  ).toEqual(['tenant/0001_orders.sql 0001_orders has no down migration, or none that can be built'])
})

test('given a .ts file says so, then it is found', async () => {
  expect(
    await findings(irreversible, {
      'tenant/0001_orders.ts': `export const up = (pgm) => pgm.createTable('orders', { id: 'bigint' })
export const down = false
`,
    }),
  ).toEqual(['tenant/0001_orders.ts 0001_orders has no down migration, or none that can be built'])
})

test('given it cannot be inferred, then it is found', async () => {
  expect(
    await findings(irreversible, {
      'tenant/0001_orders.ts': `export const up = (pgm) => pgm.sql('select 1')
`,
    }),
  ).toEqual(['tenant/0001_orders.ts 0001_orders has no down migration, or none that can be built'])
})

test.each([
  [
    'there is one',
    {
      'tenant/0001_orders.sql': `-- Up Migration
create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
-- Down Migration
drop table orders;`,
    },
  ],
  [
    'it can be inferred',
    {
      'tenant/0001_orders.ts': `export const up = (pgm) => pgm.createTable('orders', { id: 'bigint' })
`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(irreversible, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(irreversible, {
      'tenant/0001_orders.sql': `-- dbsvc: allow irreversible because the data would be lost
-- Up Migration
create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));`,
    }),
  ).toEqual([])
})
