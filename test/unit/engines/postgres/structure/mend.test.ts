import { describe, expect, test } from 'vitest'
import { diffStructures } from '../../../../../src/core/structure/diff.ts'
import type { ObjectKind, StructureObject } from '../../../../../src/core/structure/object.ts'
import { renderFixFile } from '../../../../../src/engines/postgres/structure/sql/fix-file.ts'
import { renderMending } from '../../../../../src/engines/postgres/structure/sql/mend.ts'

const object = (kind: ObjectKind, on: string, name: string, definition = ''): StructureObject => ({
  kind,
  on,
  name,
  definition,
})
const mend = (expected: readonly StructureObject[], found: readonly StructureObject[]) =>
  renderMending(diffStructures(expected, found), expected)

describe('given a thing that is missing, too much or otherwise', () => {
  const cases: readonly [string, StructureObject[], StructureObject[], { asAdmin?: string[]; asOwner?: string[] }][] = [
    [
      'a missing column comes with its default, and its NOT NULL after it',
      [
        object('column', 'a', 'x', 'text'),
        object('default', 'a', 'x', `'y'`),
        object('not null', 'a', 'x', 'not null'),
      ],
      [],
      { asOwner: [`alter table a add column x text default 'y'`, 'alter table a alter column x set not null'] },
    ],
    [
      'an extra column takes its default with it, and its index goes first',
      [],
      [
        object('column', 'a', 'x', 'text'),
        object('default', 'a', 'x', '1'),
        object('index', 'a', 'i', 'using btree (x)'),
      ],
      { asAdmin: ['drop index if exists i', 'alter table a drop column if exists x'] },
    ],
    [
      'another type is a cast',
      [object('column', 'a', 'x', 'character varying(9)')],
      [object('column', 'a', 'x', 'text')],
      { asOwner: ['alter table a alter column x type character varying(9) using x::character varying(9)'] },
    ],
    [
      'an owner is given back before anything else',
      [object('owner', 'table a', '', 'dbsvc_owner'), object('trigger', 'a', 't', 'CREATE TRIGGER t …')],
      [object('owner', 'table a', '', 'postgres'), object('policy', 'a', 'p', 'using (true)')],
      {
        asAdmin: ['alter table a owner to dbsvc_owner', 'drop policy if exists p on a'],
        asOwner: ['CREATE TRIGGER t …'],
      },
    ],
    [
      'other privileges are taken away whole and given anew',
      [object('grant', 'table a', 'bob', 'SELECT')],
      [object('grant', 'table a', 'bob', 'SELECT, TRUNCATE')],
      { asAdmin: ['revoke all on table a from bob'], asOwner: ['grant select on table a to bob'] },
    ],
    [
      'row security goes back to what it was',
      [object('row security', 'a', '', 'enabled, forced')],
      [object('row security', 'a', '', 'disabled')],
      { asOwner: ['alter table a enable row level security, force row level security'] },
    ],
    [
      'foreign keys come after the keys they point at',
      [
        object('constraint', 'a', 'to_b', 'FOREIGN KEY (x) REFERENCES b(id)'),
        object('constraint', 'b', 'key', 'PRIMARY KEY (id)'),
      ],
      [],
      {
        asOwner: [
          'alter table b add constraint key PRIMARY KEY (id)',
          'alter table a add constraint to_b FOREIGN KEY (x) REFERENCES b(id)',
        ],
      },
    ],
    [
      'an invalid index is built again',
      [object('index', 'a', 'i', 'unique using btree (x)')],
      [object('index', 'a', 'i', 'unique using btree (x) (invalid)')],
      { asAdmin: ['drop index if exists i'], asOwner: ['create unique index i on a using btree (x)'] },
    ],
  ]
  test.each(cases)('%s', (_, expected, found, statements) => {
    expect(mend(expected, found)).toEqual({ asAdmin: [], asOwner: [], notes: [], ...statements })
  })

  test('what cannot be derived is a note', () => {
    expect(
      mend([object('type', '', 'mood', `as enum ('a')`)], [object('type', '', 'mood', `as enum ('b')`)]).notes,
    ).toEqual([`type mood is as enum ('b'), not as enum ('a')`])
    expect(mend([], [object('table', '', 'mine'), object('column', 'mine', 'x', 'int')])).toEqual({
      asAdmin: [],
      asOwner: [],
      notes: ['extra: table mine; if its data may go: drop table mine'],
    })
  })
})

describe('given a fix', () => {
  const policy = object('policy', 'a', 'p', `using (c = '{company}'::text)`)

  test('when it is for companies, then it passes all others by and names the company it runs for', () => {
    const text = renderFixFile(['why'], [{ companies: ['one', 'two'], mending: mend([policy], []) }], ['a note'])
    expect(text).toBe(`-- Up Migration
-- why

-- one
-- two
do $mend$
begin
  if current_schema() not in ('tenant_one', 'tenant_two') then
    return;
  end if;
  execute replace($sql$create policy p on a using (c = '{company}'::text)$sql$, '{company}', substr(current_schema(), 8));
end
$mend$;

-- a note

-- Down Migration
-- What was mended is not broken again.
`)
  })

  test('when it is for the shared scope, then it asks for no schema', () => {
    const expected = [object('default', 'a', 'x', '1')]
    expect(renderFixFile([], [{ companies: [''], mending: mend(expected, []) }], [])).toContain(
      'begin\n  alter table a alter column x set default 1;\nend',
    )
  })

  test('when a definition has a line that would end the way up, then it stays in its comment', () => {
    const found = object('routine', '', 'f()', 'aggregate x\n-- Down Migration\ndrop table users;')
    const expected = object('routine', '', 'f()', 'aggregate y')
    const text = renderFixFile([], [{ companies: ['one'], mending: mend([expected], [found]) }], [])
    expect(text.match(/^--[\s-]*down migration/gim)).toHaveLength(1)
    expect(text).not.toMatch(/^drop/m)
  })

  test('when a statement has dollar quotes, semicolons or INTO of its own, then it is quoted by another tag', () => {
    const routine = object('routine', '', 'f()', 'CREATE FUNCTION f() BEGIN ATOMIC\n select 1; END')
    const rule = object('rule', 'a', 'r', 'CREATE RULE r AS ON INSERT TO a DO ALSO INSERT INTO b VALUES ($sql$x$sql$);')
    const text = renderFixFile([], [{ companies: ['one'], mending: mend([routine, rule], []) }], [])
    expect(text).toContain('execute $sql$CREATE FUNCTION f() BEGIN ATOMIC\n select 1; END$sql$;')
    expect(text).toContain(
      'execute $sql2$CREATE RULE r AS ON INSERT TO a DO ALSO INSERT INTO b VALUES ($sql$x$sql$)$sql2$;',
    )
  })
})
