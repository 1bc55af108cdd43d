import { expect, test } from 'vitest'
import { companyProofChanged } from '../../../../../../src/engines/postgres/lint/rules/company-proof-changed.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given company_proof is dropped, then it is found', async () => {
  expect(
    await findings(companyProofChanged, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'drop policy company_proof on orders;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 company_proof is dropped; it belongs to dbsvc'])
})

test('given it is changed, then it is found', async () => {
  expect(
    await findings(companyProofChanged, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter policy company_proof on orders using (true);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 company_proof is changed; it belongs to dbsvc'])
})

test('given one is made by hand, then it is found', async () => {
  expect(
    await findings(companyProofChanged, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'create policy company_proof on orders using (true) with check (true);',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 company_proof is made by hand; it belongs to dbsvc'])
})

test('given it is renamed, then it is found', async () => {
  expect(
    await findings(companyProofChanged, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'alter policy company_proof on orders rename to other;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 company_proof is renamed; it belongs to dbsvc'])
})

test('given it is dropped on the way down, then it is found', async () => {
  expect(
    await findings(companyProofChanged, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- Up Migration
select 1;
-- Down Migration
drop policy company_proof on orders;`,
    }),
  ).toEqual(['tenant/0002_change.sql:4:1 company_proof is dropped; it belongs to dbsvc'])
})

test.each([
  [
    'another policy is dropped',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'drop policy company_isolation on orders;' },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(companyProofChanged, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(companyProofChanged, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow company-proof-changed because dbsvc makes it anew at once
drop policy company_proof on orders;`,
    }),
  ).toEqual([])
})
