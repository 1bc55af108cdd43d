import { expect, test } from 'vitest'
import { unprotectedMissingTable } from '../../../../../../src/engines/postgres/lint/rules/unprotected-missing-table.ts'
import { findings } from '../given-migrations.ts'

test('given no migration makes the table, then it is found', async () => {
  expect(
    await findings(unprotectedMissingTable, {
      'shared/0001_quotes.sql': `-- dbsvc: unprotected rate because rates are the same for everyone
create table rates (id bigint primary key);`,
    }),
  ).toEqual(['shared/0001_quotes.sql:1 rate is declared unprotected, and there is no such table'])
})

test.each([
  [
    'it is there',
    {
      'shared/0001_quotes.sql': `-- dbsvc: unprotected rates because rates are the same for everyone
create table rates (id bigint primary key);`,
    },
  ],
  [
    'an earlier one made it',
    {
      'shared/0001_quotes.sql': 'create table rates (id bigint primary key);',
      'shared/0002_change.sql': `-- dbsvc: unprotected rates because rates are the same for everyone
select 1;`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(unprotectedMissingTable, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(unprotectedMissingTable, {
      'shared/0001_quotes.sql': `-- Up Migration
-- dbsvc: unprotected rate because rates are the same for everyone
-- dbsvc: allow unprotected-missing-table because a DO block makes it
select 1;`,
    }),
  ).toEqual([])
})
