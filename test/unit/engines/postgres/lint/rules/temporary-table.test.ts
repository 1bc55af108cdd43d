import { expect, test } from 'vitest'
import { temporaryTable } from '../../../../../../src/engines/postgres/lint/rules/temporary-table.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a table is temporary, then it is found', async () => {
  expect(
    await findings(temporaryTable, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create temporary table old as select * from orders;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:24 old is temporary'])
})

test('given it is made column by column, then it is found', async () => {
  expect(
    await findings(temporaryTable, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create temp table old (id bigint);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:19 old is temporary'])
})

test.each([
  [
    'it is a common table expression',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql':
        'with old as (select * from orders where amount = 0) delete from orders using old where orders.id = old.id;',
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(temporaryTable, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(temporaryTable, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow temporary-table because it is run by hand
create temporary table old as select * from orders;`,
    }),
  ).toEqual([])
})
