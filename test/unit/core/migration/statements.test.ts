import { describe, expect, test } from 'vitest'
import { endsTransaction, statementsOf } from '../../../../src/core/migration/statements.ts'

const kinds = (sql: string): string[] => statementsOf(sql).map(({ words }) => words.slice(0, 2).join(' '))

describe('given the text of a migration', () => {
  test.each([
    ['', []],
    ['  -- nothing\n/* at all; */;;', []],
    ['select 1', ['select']],
    ['create table a (); drop table a;', ['create table', 'drop table']],
    [`insert into a values ('x; commit; ''y''')`, ['insert into']],
    [`insert into a values (E'\\'; commit; '); select 1`, ['insert into', 'select']],
    [`insert into a values ('\\'); commit`, ['insert into', 'commit']],
    ['alter table "a;commit" rename to "b"";c"; select 2', ['alter table', 'select']],
    ['do $$ begin commit; end $$; select 2', ['do', 'select']],
    ['create function f() returns int as $f$ select $$;$$; $f$ language sql; end', ['create function', 'end']],
    ['/* a /* nested; */ comment; */ commit', ['commit']],
    ['select a$b$ from c$b$; commit', ['select a$b$', 'commit']],
    ['create rule r as on insert to t do (select 1; select 2); commit', ['create rule', 'commit']],
    [
      'create function f() returns int begin atomic select case when true then 1 end; select 2; end; commit',
      ['create function', 'commit'],
    ],
    ['create or replace procedure p() begin atomic insert into t values (1); end; select 3', ['create or', 'select']],
    ['create table begin (id int); commit', ['create table', 'commit']],
  ])('%j is split into %j', (sql, expected) => {
    expect(kinds(sql)).toEqual(expected)
  })

  test('each statement begins behind what stands before it', () => {
    const sql = '-- first\nselect 1;\n\n  /* second */ select 2;'
    expect(statementsOf(sql).map(({ start }) => sql.slice(start, start + 8))).toEqual(['select 1', 'select 2'])
  })

  test('a text of a million quotes is no trouble', () => {
    expect(statementsOf(`select '${"''".repeat(1_000_000)}'; select 2`)).toHaveLength(2)
  })
})

describe('given a statement', () => {
  test.each([
    'commit',
    'COMMIT AND CHAIN',
    'end',
    'End Work',
    'rollback',
    'rollback work',
    'abort',
    `prepare transaction 'x'`,
  ])('%s ends its transaction', (sql) => {
    expect(statementsOf(sql).map(endsTransaction)).toEqual([true])
  })

  test.each([
    'begin',
    'savepoint s',
    'rollback to s',
    'rollback to savepoint s',
    'rollback work to s',
    'release s',
    'prepare p as select 1',
  ])('%s does not', (sql) => {
    expect(statementsOf(sql).map(endsTransaction)).toEqual([false])
  })
})
