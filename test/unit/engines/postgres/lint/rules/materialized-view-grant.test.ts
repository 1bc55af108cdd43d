import { expect, test } from 'vitest'
import { materializedViewGrant } from '../../../../../../src/engines/postgres/lint/rules/materialized-view-grant.ts'
import { findings } from '../given-migrations.ts'

test('given one is granted, then it is found', async () => {
  expect(
    await findings(materializedViewGrant, {
      'shared/0001_quotes.sql': `create table quotes (company_id varchar(50) not null, id bigint not null, price numeric(18, 6), primary key (company_id, id));
create materialized view totals as select sum(price) from quotes;
grant select on totals to database_service_role;`,
    }),
  ).toEqual(['shared/0001_quotes.sql:3:17 database_service_role may read the rows of all companies in totals'])
})

test.each([
  [
    'a table is granted',
    {
      'shared/0001_quotes.sql': `create table quotes (company_id varchar(50) not null, id bigint not null, price numeric(18, 6), primary key (company_id, id));
grant select on quotes to database_service_role;`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(materializedViewGrant, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(materializedViewGrant, {
      'shared/0001_quotes.sql': `create table quotes (company_id varchar(50) not null, id bigint not null, price numeric(18, 6), primary key (company_id, id));
create materialized view totals as select sum(price) from quotes;
-- dbsvc: allow materialized-view-grant because sums over all companies are public
grant select on totals to database_service_role;`,
    }),
  ).toEqual([])
})
