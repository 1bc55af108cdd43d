import { expect, test } from 'vitest'
import { needsNoTransaction } from '../../../../../../src/engines/postgres/lint/rules/needs-no-transaction.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given an index is built concurrently in a .sql file, then it is found', async () => {
  expect(
    await findings(needsNoTransaction, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create index concurrently orders_note on orders (note);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 CREATE INDEX CONCURRENTLY cannot run inside a transaction'])
})

test('given one is dropped concurrently, then it is found', async () => {
  expect(
    await findings(needsNoTransaction, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'drop index concurrently orders_note;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 DROP INDEX CONCURRENTLY cannot run inside a transaction'])
})

test('given one is rebuilt concurrently, then it is found', async () => {
  expect(
    await findings(needsNoTransaction, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'reindex table concurrently orders;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 REINDEX CONCURRENTLY cannot run inside a transaction'])
})

test('given a partition is detached concurrently, then it is found', async () => {
  expect(
    await findings(needsNoTransaction, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter table orders detach partition orders_2020 concurrently;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 DETACH PARTITION CONCURRENTLY cannot run inside a transaction'])
})

test('given a table is vacuumed, then it is found', async () => {
  expect(
    await findings(needsNoTransaction, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'vacuum orders;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 VACUUM cannot run inside a transaction'])
})

test('given it shares one text with another statement, then it is found', async () => {
  expect(
    await findings(needsNoTransaction, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.ts': `export const up = (pgm) => {
  pgm.noTransaction()
  pgm.sql('create index concurrently orders_note on orders (note); analyze orders')
}
export const down = false
`,
    }),
  ).toEqual(['tenant/0002_change.ts:3:12 CREATE INDEX CONCURRENTLY shares one text with other statements'])
})

test.each([
  [
    'it stands by itself outside a transaction',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.ts': `export const up = (pgm) => {
  pgm.noTransaction()
  pgm.sql('create index concurrently orders_note on orders (note)')
}
export const down = false
`,
    },
  ],
  [
    'a plain index is built',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'create index orders_note on orders (note);' },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(needsNoTransaction, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(needsNoTransaction, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow needs-no-transaction because it is run by hand
vacuum orders;`,
    }),
  ).toEqual([])
})
