import { expect, test } from 'vitest'
import { foreignKeyWithoutCompany } from '../../../../../../src/engines/postgres/lint/rules/foreign-key-without-company.ts'
import { findings } from '../given-migrations.ts'

test("given a row could point to another company's row, then it is found", async () => {
  expect(
    await findings(foreignKeyWithoutCompany, {
      'shared/0001_quotes.sql': `create table accounts (company_id varchar(50) not null, id bigint primary key);
create table trades (company_id varchar(50) not null, account_id bigint references accounts (id));`,
    }),
  ).toEqual([
    'shared/0001_quotes.sql:2:73 trades_account_id_fkey on trades can point to a row of another company in accounts',
  ])
})

test.each([
  [
    'company_id is part of the key',
    {
      'shared/0001_quotes.sql': `create table accounts (company_id varchar(50) not null, id bigint not null, primary key (company_id, id));
create table trades (
  company_id varchar(50) not null, account_id bigint,
  foreign key (company_id, account_id) references accounts (company_id, id)
);`,
    },
  ],
  [
    'the other table belongs to no company',
    {
      'shared/0001_quotes.sql': `create table symbols (symbol text primary key);
create table trades (company_id varchar(50) not null, symbol text references symbols (symbol));`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(foreignKeyWithoutCompany, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(foreignKeyWithoutCompany, {
      'shared/0001_quotes.sql': `create table accounts (company_id varchar(50) not null, id uuid primary key);
-- dbsvc: allow foreign-key-without-company because ids are random and never chosen by a company
create table trades (company_id varchar(50) not null, account_id uuid references accounts (id));`,
    }),
  ).toEqual([])
})
