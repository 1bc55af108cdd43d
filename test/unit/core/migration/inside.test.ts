import { expect, test } from 'vitest'
import { stepsInside } from '../../../../src/core/migration/inside.ts'

test('an index is built at once, whatever else its statement says', () => {
  expect(
    stepsInside([
      'CREATE INDEX CONCURRENTLY "a" ON "users" ("email");',
      'create unique index concurrently if not exists b on users (email); drop index concurrently c;',
      "insert into notes values ('create index concurrently d'); create type mood as enum ('calm');",
    ]),
  ).toEqual([
    'CREATE INDEX "a" ON "users" ("email");',
    'create unique index if not exists b on users (email); drop index c;',
    "insert into notes values ('create index concurrently d'); create type mood as enum ('calm');",
  ])
})

test.each([
  'vacuum users;',
  'create database other;',
  'alter system set work_mem = 1;',
  "alter type mood add value 'calm';",
  'call tidy_up();',
  'do $$ begin commit; end $$;',
  'begin; update users set email = email; commit;',
  'reindex index concurrently a;',
  'alter table ticks detach partition old concurrently; vacuum;',
  'create /* later */ index concurrently a on users (email);',
])('what is not known to mean the same inside a transaction stays outside: %s', (step) => {
  expect(stepsInside(['create table a (id int);', step])).toBeUndefined()
})
