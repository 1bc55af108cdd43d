import { expect, test } from 'vitest'
import { tokenise } from '../../../../src/engines/clickhouse/sql/lexer.ts'
import { splitStatements, UnclosedToken } from '../../../../src/engines/clickhouse/sql/statement.ts'

const texts = (sql: string): string[] => splitStatements(sql).map(({ text }) => text)

test('the tokens of a text are the text', () => {
  const sql = "select 'a\\'b''c', `x``y`, \"q\", $t$ ; $t$, 1e-5, a.1.1 -- end\n/* a /* b */ c */;"
  expect(
    tokenise(sql)
      .map(({ text }) => text)
      .join(''),
  ).toBe(sql)
})

test.each([
  ["select ';'; select 2", ["select ';'", 'select 2']],
  ["select 'a\\';'; select 2", ["select 'a\\';'", 'select 2']],
  ["select 'a'';'; select 2", ["select 'a'';'", 'select 2']],
  ['select `;`, ";"; select 2', ['select `;`, ";"', 'select 2']],
  ['select 1 -- ;\n; select 2', ['select 1', 'select 2']],
  ['select 1 # ;\n; #! ;\nselect 2', ['select 1', 'select 2']],
  ['select 1 /* ; /* ; */ ; */; select 2', ['select 1', 'select 2']],
  ['select $a$ ; $b$ ; $a$; select $$;$$', ['select $a$ ; $b$ ; $a$', 'select $$;$$']],
  [' ; ;select 1;;', ['select 1']],
  ["insert into t values (1, ';'); select 2", ["insert into t values (1, ';')", 'select 2']],
  [`insert into t format CSV\n1,"a;b'"\n;\nselect 2`, [`insert into t format CSV\n1,"a;b'"`, 'select 2']],
  ['insert into t format JSONEachRow {"a":"it\'s;"}', ['insert into t format JSONEachRow {"a":"it\'s;"}']],
  ["insert into t select ';' format Null; select 2", ["insert into t select ';' format Null", 'select 2']],
])('%j', (sql, expected) => {
  expect(texts(sql)).toEqual(expected)
})

test.each([
  "select 'a",
  'select `a',
  'select "a',
  'select /* a /* b */',
  "select 'a''",
  "select 'a\\'",
])('%j is not closed', (sql) => {
  expect(() => splitStatements(`select 1;\n${sql}`)).toThrow(UnclosedToken)
})
