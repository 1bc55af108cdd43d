import { expect, test } from 'vitest'
import { grantBeyondData } from '../../../../../../src/engines/postgres/lint/rules/grant-beyond-data.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given all rights are granted, then it is found', async () => {
  expect(
    await findings(grantBeyondData, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'grant all on orders to reporting;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 all is granted to reporting'])
})

test('given TRUNCATE is, then it is found', async () => {
  expect(
    await findings(grantBeyondData, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'grant select, truncate on orders to reporting;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 truncate is granted to reporting'])
})

test.each([
  [
    'rights on rows are',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'grant select, insert on orders to reporting;' },
  ],
  [
    'all rights are taken away',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'revoke all on orders from reporting;' },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(grantBeyondData, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(grantBeyondData, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow grant-beyond-data because the role owns the server
grant all on orders to reporting;`,
    }),
  ).toEqual([])
})
