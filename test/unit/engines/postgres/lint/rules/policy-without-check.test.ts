import { expect, test } from 'vitest'
import { policyWithoutCheck } from '../../../../../../src/engines/postgres/lint/rules/policy-without-check.ts'
import { findings } from '../given-migrations.ts'

const quotes =
  'create table quotes (company_id varchar(50) not null, id bigint not null, price numeric(18, 6), primary key (company_id, id));'

test('given a policy for all commands has none, then it is found', async () => {
  expect(
    await findings(policyWithoutCheck, {
      'shared/0001_quotes.sql': quotes,
      'shared/0002_change.sql': 'create policy own on quotes using (price > 0);',
    }),
  ).toEqual(['shared/0002_change.sql:1:1 own on quotes has no WITH CHECK'])
})

test('given one for inserts has none, then it is found', async () => {
  expect(
    await findings(policyWithoutCheck, {
      'shared/0001_quotes.sql': quotes,
      'shared/0002_change.sql': 'create policy own on quotes for insert to database_service_role;',
    }),
  ).toEqual(['shared/0002_change.sql:1:1 own on quotes has no WITH CHECK'])
})

test.each([
  [
    'it has one',
    {
      'shared/0001_quotes.sql': quotes,
      'shared/0002_change.sql': 'create policy own on quotes using (price > 0) with check (price > 0);',
    },
  ],
  [
    'it is for reading only',
    {
      'shared/0001_quotes.sql': quotes,
      'shared/0002_change.sql': 'create policy own on quotes for select using (price > 0);',
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(policyWithoutCheck, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(policyWithoutCheck, {
      'shared/0001_quotes.sql': quotes,
      'shared/0002_change.sql': `-- dbsvc: allow policy-without-check because USING says it all
create policy own on quotes using (price > 0);`,
    }),
  ).toEqual([])
})
