import { expect, test } from 'vitest'
import { gucPolicyWithoutProof } from '../../../../../../src/engines/postgres/lint/rules/guc-policy-without-proof.ts'
import { findings } from '../given-migrations.ts'

test('given the table has no company_id, then it is found', async () => {
  expect(
    await findings(gucPolicyWithoutProof, {
      'shared/0001_quotes.sql': `create table rates (id bigint primary key);
create policy members on rates using (current_setting('app.current_company_id', true) <> '');`,
    }),
  ).toEqual([
    'shared/0001_quotes.sql:2:1 members on rates trusts app.current_company_id, and no company_proof stands beside it',
  ])
})

test('given the table is declared unprotected, then it is found', async () => {
  expect(
    await findings(gucPolicyWithoutProof, {
      'shared/0001_quotes.sql': `-- dbsvc: unprotected quotes because it is public
create table quotes (company_id varchar(50) not null, id bigint not null, price numeric(18, 6), primary key (company_id, id));
create policy members on quotes using (current_setting('app.current_company_id', true) <> '');`,
    }),
  ).toEqual([
    'shared/0001_quotes.sql:3:1 members on quotes trusts app.current_company_id, and no company_proof stands beside it',
  ])
})

test('given the table lives in another schema, then it is found', async () => {
  expect(
    await findings(gucPolicyWithoutProof, {
      'shared/0001_quotes.sql':
        "create policy members on other.rates using (current_setting('app.current_company_id', true) <> '');",
    }),
  ).toEqual([
    'shared/0001_quotes.sql:1:1 members on other.rates trusts app.current_company_id, and no company_proof stands beside it',
  ])
})

test.each([
  [
    'the table has a company_id',
    {
      'shared/0001_quotes.sql': `create table quotes (company_id varchar(50) not null, id bigint not null, price numeric(18, 6), primary key (company_id, id));
create policy members on quotes using (company_id = current_setting('app.current_company_id'));`,
    },
  ],
  [
    "it is a company's own table",
    {
      'tenant/0001_orders.sql': `create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));
create policy members on orders using (current_setting('app.current_company_id', true) <> '');`,
    },
  ],
  [
    'the policy trusts no setting',
    {
      'shared/0001_quotes.sql': `create table rates (id bigint primary key);
create policy members on rates using (id > 0);`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(gucPolicyWithoutProof, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(gucPolicyWithoutProof, {
      'shared/0001_quotes.sql': `create table rates (id bigint primary key);
-- dbsvc: allow guc-policy-without-proof because rates are no secret
create policy members on rates using (current_setting('app.current_company_id', true) <> '');`,
    }),
  ).toEqual([])
})
