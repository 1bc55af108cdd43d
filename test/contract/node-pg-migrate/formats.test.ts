import { expect, test } from 'vitest'
import { migrateTwice, schemas } from '../../support/migrated-twice.ts'

/** Folders of files that dbsvc must run as node-pg-migrate does, up and down. */
const folders: Record<string, Record<string, string>> = {
  'SQL with up and down markers': {
    '0001_orders.sql': `-- Up Migration
create table orders (id int primary key, note text default 'a;b');
create index orders_note on orders (note);
-- Down Migration
drop table orders;
`,
    '0002_marker_styles.sql': `--up migration
alter table orders add column total numeric(12, 2);
---- DOWN MIGRATION ----
alter table orders drop column total;`,
    '0003_down_first.sql': `-- Down Migration
drop table later;
-- Up Migration
create table later (id int);`,
  },
  'SQL with dollar quotes, comments and semicolons in odd places': {
    '0001_functions.sql': `-- Up Migration
create function twice(n int) returns int language plpgsql as $body$
begin
  -- a comment; with a semicolon
  return n * 2; /* another; one */
end $body$;
create function quoted() returns text language sql as $$ select 'it''s $1; ' || E'\\'; $x$' $$;
do $$ begin execute 'create table made_by_do (id int)'; end $$;
comment on function twice(int) is 'doubles; -- Down Migration is a word here';
-- Down Migration
drop table made_by_do; drop function twice(int); drop function quoted()`,
  },
  'SQL that ends in a comment, is empty, or has Windows line ends': {
    '0001_comment_at_the_end.sql':
      '-- Up Migration\ncreate table a (id int) -- no semicolon before this\n-- Down Migration\ndrop table a -- nor here',
    '0002_empty.sql': '-- Up Migration\n-- Down Migration\n',
    '0003_windows.sql':
      '-- Up Migration\r\ncreate table b (\r\n  id int\r\n);\r\n-- Down Migration\r\ndrop table b;\r\n',
  },
  'JavaScript as CommonJS and as modules': {
    '0001_first.js': `exports.up = (pgm) => { pgm.createTable('first', { id: 'id' }) }
exports.down = (pgm) => { pgm.dropTable('first') }`,
    '0002_second.mjs': `export const up = (pgm) => { pgm.createTable('second', { id: 'id' }) }
export const down = (pgm) => { pgm.dropTable('second') }`,
    '0003_third.cjs': `module.exports = {
  up(pgm) { pgm.createTable('third', { id: 'id' }) },
  down(pgm) { pgm.dropTable('third') },
}`,
    '0004_fourth.js': `export async function up(pgm) { pgm.createTable('fourth', { id: 'id' }) }
export async function down(pgm) { pgm.dropTable('fourth') }`,
  },
  'TypeScript with types, enums and imports': {
    '0001_first.ts': `import type { MigrationBuilder } from 'node-pg-migrate'
import { join } from 'node:path'
enum Column { Id = 'id' }
export async function up(pgm: MigrationBuilder): Promise<void> {
  pgm.createTable(join('first'), { [Column.Id]: 'id' })
}
export async function down(pgm: MigrationBuilder): Promise<void> {
  pgm.dropTable('first')
}`,
    '0002_second.mts': `export const up = (pgm: { sql(text: string): void }): void => pgm.sql('create table second (id int)')
export const down = (pgm: { sql(text: string): void }): void => pgm.sql('drop table second')`,
    '0003_third.cts': `exports.up = (pgm: { sql(text: string): void }): void => pgm.sql('create table third (id int)')
exports.down = (pgm: { sql(text: string): void }): void => pgm.sql('drop table third')`,
  },
  'async migrations, and those that call back': {
    '0001_async.js': `exports.up = async (pgm) => {
  await new Promise((resolve) => setTimeout(resolve, 5))
  pgm.createTable('first', { id: 'id' })
}
exports.down = async (pgm) => pgm.dropTable('first')`,
    '0002_callback.js': `exports.up = (pgm, run) => {
  setTimeout(() => { pgm.createTable('second', { id: 'id' }); run() }, 5)
}
exports.down = (pgm, run) => { setTimeout(() => { pgm.dropTable('second'); run() }, 5) }`,
  },
  'a way down that is inferred': {
    '0001_table.js': `exports.up = (pgm) => {
  pgm.createTable('parents', { id: 'id', name: { type: 'text', notNull: true } })
  pgm.createTable('children', { id: 'id', parent: { type: 'integer', references: 'parents' } })
  pgm.createIndex('children', 'parent')
  pgm.addConstraint('parents', 'named', { check: "name <> ''" })
  pgm.createType('mood', ['sad', 'happy'])
  pgm.addColumns('children', { mood: 'mood' })
}`,
    '0002_changes.js': `exports.shorthands = { amount: { type: 'numeric(12,2)', notNull: true } }
exports.up = (pgm) => {
  pgm.renameColumn('parents', 'name', 'title')
  pgm.renameTable('children', 'kids')
  pgm.addColumn('kids', { pocket_money: 'amount' })
  pgm.createView('titles', {}, 'select title from parents')
  pgm.createSequence('numbers')
  pgm.createFunction('one', [], { returns: 'integer', language: 'sql' }, 'select 1')
}`,
  },
  'files that import a helper beside the migrations': {
    '0001_orders.js': `const { table } = require('../../helpers/table.js')
exports.up = (pgm) => table(pgm, 'orders')
exports.down = (pgm) => pgm.dropTable('orders')`,
    '../../helpers/table.js': `exports.table = (pgm, name) => pgm.createTable(name, { id: 'id' })`,
  },
}

test.each(Object.entries(folders))('%s', async (_name, files) => {
  const twice = await migrateTwice(files)
  const made = await twice.compare()
  for (const schema of schemas) expect(made[schema]).toMatch(/^table /m)
  await twice.undo()
  const left = await twice.compare()
  for (const schema of schemas) expect(left[schema]).toMatch(/^schema/)
  for (const schema of schemas) expect(left[schema]?.split('\n')).toHaveLength(1)
})
