import { expect, test } from 'vitest'
import { migrateTwice, schemas } from '../../support/migrated-twice.ts'

/** What runs differently in one transaction, in many, or in none; `tenant create` puts a whole history into one. */
const folders: Record<string, Record<string, string>> = {
  'migrations outside of a transaction': {
    '0001_table.sql': `-- Up Migration
create table ticks (id int, symbol text); insert into ticks select n, 's' from generate_series(1, 100) n;
-- Down Migration
drop table ticks;`,
    '0002_concurrently.js': `exports.up = (pgm) => {
  pgm.noTransaction()
  pgm.createIndex('ticks', 'symbol', { concurrently: true })
  pgm.createIndex('ticks', 'id', { concurrently: true, name: 'ticks_id' })
  pgm.sql('vacuum ticks')
}
exports.down = (pgm) => {
  pgm.noTransaction()
  pgm.dropIndex('ticks', 'id', { concurrently: true, name: 'ticks_id' })
  pgm.dropIndex('ticks', 'symbol', { concurrently: true })
}`,
    '0003_after_it.sql': `-- Up Migration
alter table ticks add column price numeric;
-- Down Migration
alter table ticks drop column price;`,
    '0004_again.js': `exports.up = (pgm) => {
  pgm.noTransaction()
  pgm.createType('side', ['buy'])
  pgm.addTypeValue('side', 'sell')
  pgm.addColumns('ticks', { side: { type: 'side', default: 'sell' } })
}
exports.down = (pgm) => {
  pgm.dropColumns('ticks', ['side'])
  pgm.dropType('side')
}`,
  },
  'rows under a deferred foreign key, then a change of their table': {
    '0001_tables.sql': `-- Up Migration
create table parents (id int primary key);
create table children (parent int references parents deferrable initially deferred);
insert into children values (1); insert into parents values (1);
-- Down Migration
drop table children, parents;`,
    '0002_change.sql': `-- Up Migration
alter table children add column name text;
-- Down Migration
alter table children drop column name;`,
  },
  'settings that are local to a migration': {
    '0001_as_dumped.sql': `-- Up Migration
create table orders (id int);
select pg_catalog.set_config('search_path', '', true);
set local check_function_bodies = off;
-- Down Migration
drop table orders;`,
    '0002_unqualified.sql': `-- Up Migration
create table lines (id int);
-- Down Migration
drop table lines;`,
  },
  'constraints that are deferrable, deferred by the migration, or made in the migration that needs them': {
    '0001_first.sql': `-- Up Migration
create table a (id int primary key, b int, n int unique deferrable);
create table b (id int primary key, a int references a deferrable initially deferred);
alter table a add constraint a_b foreign key (b) references b deferrable;
set constraints all deferred;
insert into a values (1, 1, 1); insert into b values (1, 1);
-- Down Migration
drop table a, b cascade;`,
    '0002_second.sql': `-- Up Migration
insert into b values (2, 2); insert into a values (2, 2, 2);
create table c (a int references a deferrable initially deferred);
insert into c values (3); insert into a values (3, 1, 3);
-- Down Migration
drop table c;`,
    '0003_third.sql': `-- Up Migration
alter table a add column x int; alter table b add column x int; alter table c add column x int;
-- Down Migration
alter table a drop column x; alter table b drop column x; alter table c drop column x;`,
  },
}

test.each(Object.entries(folders))('%s', async (_name, files) => {
  const twice = await migrateTwice(files)
  const made = await twice.compare()
  for (const schema of schemas) expect(made[schema]).toMatch(/^table /m)
  await twice.undo()
  const left = await twice.compare()
  for (const schema of schemas) expect(left[schema]?.split('\n')).toHaveLength(1)
})
