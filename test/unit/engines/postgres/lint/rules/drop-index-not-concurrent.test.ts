import { expect, test } from 'vitest'
import { dropIndexNotConcurrent } from '../../../../../../src/engines/postgres/lint/rules/drop-index-not-concurrent.ts'
import { findings } from '../given-migrations.ts'

const before = `create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
create index orders_note on orders (note);`

test('given an index is dropped in a transaction, then it is found', async () => {
  expect(
    await findings(dropIndexNotConcurrent, {
      'tenant/0001_orders.sql': before,
      'tenant/0002_change.sql': 'drop index orders_note;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 dropping orders_note locks its table against reads'])
})

test.each([
  [
    'it is dropped concurrently',
    {
      'tenant/0001_orders.sql': before,
      'tenant/0002_change.ts': `export const up = (pgm) => {
  pgm.noTransaction()
  pgm.sql('drop index concurrently orders_note')
}
export const down = false
`,
    },
  ],
  [
    'the table is new',
    {
      'tenant/0001_orders.sql': `create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
create index orders_note on orders (note);
drop index orders_note;`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(dropIndexNotConcurrent, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(dropIndexNotConcurrent, {
      'tenant/0001_orders.sql': before,
      'tenant/0002_change.sql': `-- dbsvc: allow drop-index-not-concurrent because the table is empty everywhere
drop index orders_note;`,
    }),
  ).toEqual([])
})
