import { expect, test } from 'vitest'
import { indexNotConcurrent } from '../../../../../../src/engines/postgres/lint/rules/index-not-concurrent.ts'
import { findings } from '../given-migrations.ts'

const quotes =
  'create table quotes (company_id varchar(50) not null, id bigint not null, price numeric(18, 6), primary key (company_id, id));'

test('given an index stops writes, then it is found', async () => {
  expect(
    await findings(indexNotConcurrent, {
      'shared/0001_quotes.sql': quotes,
      'shared/0002_change.sql': 'create index quotes_price on quotes (company_id, price);',
    }),
  ).toEqual(['shared/0002_change.sql:1:1 quotes takes no writes while quotes_price is built'])
})

test('given a table the migrations do not know gets one, then it is found', async () => {
  expect(
    await findings(indexNotConcurrent, { 'shared/0001_quotes.sql': 'create index on ticks (company_id);' }),
  ).toEqual(['shared/0001_quotes.sql:1:1 ticks takes no writes while the index is built'])
})

test('given one is rebuilt, then it is found', async () => {
  expect(
    await findings(indexNotConcurrent, {
      'shared/0001_quotes.sql': quotes,
      'shared/0002_change.sql': 'reindex index quotes_pkey;',
    }),
  ).toEqual(['shared/0002_change.sql:1:1 REINDEX without CONCURRENTLY stops writes, and reads that use the index'])
})

test.each([
  [
    'it is built concurrently',
    {
      'shared/0001_quotes.sql': quotes,
      'shared/0002_change.ts': `export const up = (pgm) => {
  pgm.noTransaction()
  pgm.sql('create index concurrently quotes_price on quotes (company_id, price)')
}
export const down = false
`,
    },
  ],
  [
    'the table is new',
    {
      'shared/0001_quotes.sql': `create table quotes (company_id varchar(50) not null, id bigint not null, price numeric(18, 6), primary key (company_id, id));
create index quotes_price on quotes (company_id, price);`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(indexNotConcurrent, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(indexNotConcurrent, {
      'shared/0001_quotes.sql': quotes,
      'shared/0002_change.sql': `-- dbsvc: allow index-not-concurrent because the table is empty everywhere
create index quotes_price on quotes (company_id, price);`,
    }),
  ).toEqual([])
})
