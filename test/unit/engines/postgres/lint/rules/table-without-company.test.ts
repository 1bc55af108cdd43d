import { expect, test } from 'vitest'
import { tableWithoutCompany } from '../../../../../../src/engines/postgres/lint/rules/table-without-company.ts'
import { findings } from '../given-migrations.ts'

test('given a shared table has no company_id, then it is found', async () => {
  expect(
    await findings(tableWithoutCompany, { 'shared/0001_quotes.sql': 'create table rates (id bigint primary key);' }),
  ).toEqual(['shared/0001_quotes.sql:1:1 no company can reach rates: it has no company_id'])
})

test.each([
  [
    'it has one',
    {
      'shared/0001_quotes.sql':
        'create table quotes (company_id varchar(50) not null, id bigint not null, price numeric(18, 6), primary key (company_id, id));',
    },
  ],
  [
    'it is declared unprotected',
    {
      'shared/0001_quotes.sql': `-- dbsvc: unprotected rates because rates are the same for everyone
create table rates (id bigint primary key);`,
    },
  ],
  [
    "it is a company's own table",
    {
      'tenant/0001_orders.sql': 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));',
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(tableWithoutCompany, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(tableWithoutCompany, {
      'shared/0001_quotes.sql': `-- dbsvc: allow table-without-company because only dbsvc itself reads it
create table rates (id bigint primary key);`,
    }),
  ).toEqual([])
})
