import { expect, test } from 'vitest'
import { keyWithoutCompany } from '../../../../../../src/engines/postgres/lint/rules/key-without-company.ts'
import { findings } from '../given-migrations.ts'

test('given the primary key leaves it out, then it is found', async () => {
  expect(
    await findings(keyWithoutCompany, {
      'shared/0001_quotes.sql': 'create table quotes (company_id varchar(50) not null, id bigint primary key);',
    }),
  ).toEqual(['shared/0001_quotes.sql:1:1 quotes_pkey on quotes does not start with company_id'])
})

test('given a unique index leaves it out, then it is found', async () => {
  expect(
    await findings(keyWithoutCompany, {
      'shared/0001_quotes.sql': `create table quotes (company_id varchar(50) not null, id bigint not null, price numeric(18, 6), primary key (company_id, id));
create unique index quotes_price on quotes (price);`,
    }),
  ).toEqual(['shared/0001_quotes.sql:2:1 quotes_price on quotes does not start with company_id'])
})

test.each([
  [
    'it comes first',
    {
      'shared/0001_quotes.sql': `create table quotes (company_id varchar(50) not null, id bigint not null, price numeric(18, 6), primary key (company_id, id));
create unique index quotes_price on quotes (company_id, price);`,
    },
  ],
  ['the table belongs to no company', { 'shared/0001_quotes.sql': 'create table rates (id bigint primary key);' }],
  [
    'the index is not unique',
    {
      'shared/0001_quotes.sql': `create table quotes (company_id varchar(50) not null, id bigint not null, price numeric(18, 6), primary key (company_id, id));
create index quotes_price on quotes (price);`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(keyWithoutCompany, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(keyWithoutCompany, {
      'shared/0001_quotes.sql': `-- dbsvc: allow key-without-company because ids are random and never chosen by a company
create table quotes (company_id varchar(50) not null, id uuid primary key);`,
    }),
  ).toEqual([])
})
