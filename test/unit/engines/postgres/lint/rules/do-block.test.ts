import { expect, test } from 'vitest'
import { doBlock } from '../../../../../../src/engines/postgres/lint/rules/do-block.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given there is one, then it is found', async () => {
  expect(
    await findings(doBlock, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'do $$ begin perform 1; end $$;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 no rule looks into a DO block'])
})

test.each([
  ['the statements are plain', { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'select 1;' }],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(doBlock, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(doBlock, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow do-block because it only raises notices
do $$ begin perform 1; end $$;`,
    }),
  ).toEqual([])
})
