import { expect, test } from 'vitest'
import { migrateTwice, schemas } from '../../support/migrated-twice.ts'

/** What a case must have made at least, so that two empty schemas do not count as the same. */
interface Case {
  readonly files: Readonly<Record<string, string>>
  readonly makes: readonly RegExp[]
}

const file = (up: string, down: string): string =>
  `exports.up = async (pgm) => {\n${up}\n}\nexports.down = async (pgm) => {\n${down}\n}\n`

const cases: Record<string, Case> = {
  'tables, with shorthands that hold in later files too': {
    files: {
      '0001_shorthands.js': `exports.shorthands = {
  id: { type: 'uuid', primaryKey: true, default: { literal: true, value: 'gen_random_uuid()' } },
  money: { type: 'numeric(15,2)', notNull: true, default: 0 },
  createdAt: { type: 'timestamptz', notNull: true, default: { toString: () => 'now()', literal: true, value: 'now()' } },
}
exports.up = (pgm) => pgm.createTable('accounts', { id: 'id', balance: 'money', created: { type: 'timestamptz', default: pgm.func('now()') } })
exports.down = (pgm) => pgm.dropTable('accounts')`,
      '0002_used_later.js': `exports.shorthands = { owner: { type: 'uuid', references: 'accounts', onDelete: 'CASCADE' } }
exports.up = (pgm) => pgm.createTable('transfers', { id: 'id', from: 'owner', amount: 'money' })
exports.down = (pgm) => pgm.dropTable('transfers')`,
      '0003_plain.sql': '-- Up Migration\nselect 1;\n-- Down Migration\nselect 1;',
      '0004_overridden.js': `exports.shorthands = { money: { type: 'numeric(20,4)' } }
exports.up = (pgm) => pgm.addColumns('transfers', { fee: 'money' })
exports.down = (pgm) => pgm.dropColumns('transfers', ['fee'])`,
    },
    makes: [/transfers\.3 amount numeric\(15,2\) not null default 0/, /transfers\.4 fee numeric\(20,4\)$/m],
  },
  'tables, with every kind of column and option': {
    files: {
      '0001_tables.js': file(
        `pgm.createTable('wide', {
  id: { type: 'bigint', primaryKey: true, sequenceGenerated: { precedence: 'ALWAYS', start: 100, increment: 5 } },
  by_default: { type: 'int', sequenceGenerated: { precedence: 'BY DEFAULT' } },
  price: { type: 'numeric(10,5)', notNull: true, check: 'price > 0' },
  quantity: { type: 'int', default: 1 },
  total: { type: 'numeric', expressionGenerated: 'price * quantity' },
  name: { type: 'varchar(50)', collation: '"C"', unique: true, comment: "a name's comment" },
  tags: { type: 'text[]', default: pgm.func("'{}'::text[]") },
  data: { type: 'jsonb', default: JSON.stringify({ a: 1 }) },
  at: { type: 'timestamp with time zone', default: pgm.func('current_timestamp') },
}, { comment: 'wide; with comment', constraints: { check: ['quantity > 0', "name <> ''"], unique: [['price', 'quantity']] } })
pgm.createTable('narrow', { wide: { type: 'bigint', references: { name: 'wide' }, onDelete: 'SET NULL', deferrable: true, deferred: true, referencesConstraintName: 'narrow_to_wide', referencesConstraintComment: 'to wide' } }, { unlogged: true })
pgm.createTable('copied', {}, { like: { table: 'wide', options: { including: ['DEFAULTS', 'INDEXES'] } } })
pgm.createTable('parts', { at: { type: 'date', notNull: true }, n: 'int' }, { partition: { strategy: 'RANGE', columns: 'at' } })
pgm.sql("create table parts_2026 partition of parts for values from ('2026-01-01') to ('2027-01-01')")
pgm.createTable('child', { more: 'text' }, { inherits: 'copied' })
pgm.createTable('wide', { id: 'int' }, { ifNotExists: true })`,
        `pgm.dropTable('child'); pgm.dropTable('parts', { cascade: true }); pgm.dropTable('copied')
pgm.dropTable('narrow'); pgm.dropTable('wide'); pgm.dropTable('never_was', { ifExists: true })`,
      ),
    },
    makes: [
      /identity always/,
      /stored/,
      /comment 'a name''s comment'/,
      /table narrow unlogged/,
      /partition FOR VALUES/,
      /inherits/,
    ],
  },
  'indexes of all kinds': {
    files: {
      '0001_indexes.js': file(
        `pgm.createTable('ticks', { symbol: 'text', at: 'timestamptz', price: 'numeric', data: 'jsonb' })
pgm.createIndex('ticks', 'symbol')
pgm.createIndex('ticks', ['symbol', { name: 'at', sort: 'DESC' }], { name: 'ticks_newest', unique: true })
pgm.createIndex('ticks', 'at', { where: 'price > 0', include: ['price'] })
pgm.createIndex('ticks', 'data', { method: 'gin' })
pgm.createIndex('ticks', [{ name: 'symbol', opclass: 'text_pattern_ops' }], { name: 'ticks_pattern' })
pgm.createIndex('ticks', 'lower(symbol)', { name: 'ticks_lower', ifNotExists: true })
pgm.createIndex('ticks', 'price', { name: 'to_be_dropped' })
pgm.dropIndex('ticks', 'price', { name: 'to_be_dropped' })
pgm.createIndex('ticks', 'price', { name: 'to_be_renamed' })
pgm.renameIndex('to_be_renamed', 'renamed')`,
        `pgm.dropTable('ticks')`,
      ),
    },
    makes: [/ticks_newest .*DESC/, /USING gin/, /INCLUDE \(price\) WHERE/, /INDEX renamed /],
  },
  'types, enums and domains': {
    files: {
      '0001_types.js': file(
        `pgm.createType('side', ['buy', 'sell'])
pgm.addTypeValue('side', 'hold', { after: 'buy' })
pgm.addTypeValue('side', 'first', { before: 'buy', ifNotExists: true })
pgm.renameTypeValue('side', 'hold', 'keep')
pgm.createType('pair', { base: 'text', quote: { type: 'varchar(3)' } })
pgm.addTypeAttribute('pair', 'rate', 'numeric')
pgm.createDomain('percent', 'numeric(5,2)', { check: 'VALUE between 0 and 100', default: 0 })
pgm.createTable('signals', { side: { type: 'side', default: 'buy' }, pair: 'pair', certainty: 'percent' })`,
        `pgm.dropTable('signals'); pgm.dropDomain('percent'); pgm.dropType('pair'); pgm.dropType('side')`,
      ),
      '0002_value_in_use.js': file(
        `pgm.addTypeValue('side', 'close')
pgm.createType('mood', ['sad'])`,
        `pgm.dropType('mood')`,
      ),
      '0003_uses_it.sql': `-- Up Migration
insert into signals (side) values ('close');
alter table signals alter column side set default 'close';
-- Down Migration
alter table signals alter column side set default 'buy';`,
    },
    makes: [/enum side 'first', 'buy', 'keep', 'sell', 'close'/, /domain percent numeric\(5,2\) default 0/],
  },
  'views and materialized views': {
    files: {
      '0001_views.js': file(
        `pgm.createTable('trades', { id: 'id', symbol: 'text', price: { type: 'numeric', notNull: true } })
pgm.createView('dear', { columns: ['number', 'price'], checkOption: 'LOCAL' }, 'select id, price from trades where price > 100')
pgm.createView('replaced', {}, 'select 1 as one')
pgm.createView('replaced', { replace: true }, 'select 1 as one, 2 as two')
pgm.alterViewColumn('dear', 'price', { default: 1 })
pgm.createMaterializedView('sums', { data: false }, 'select symbol, sum(price) from trades group by symbol')
pgm.createIndex('sums', 'symbol', { unique: true })
pgm.refreshMaterializedView('sums')
pgm.renameMaterializedView('sums', 'totals')
pgm.renameView('replaced', 'renamed_view')`,
        `pgm.dropMaterializedView('totals'); pgm.dropView('renamed_view'); pgm.dropView('dear'); pgm.dropTable('trades')`,
      ),
    },
    makes: [/view dear/, /check_option=local/, /materialized view totals/],
  },
  'functions and triggers': {
    files: {
      '0001_functions.js': file(
        `pgm.createTable('rows', { id: 'id', changed: 'timestamptz' })
pgm.createFunction('add', [{ name: 'a', type: 'int' }, { name: 'b', type: 'int', default: 1 }],
  { returns: 'int', language: 'sql', behavior: 'IMMUTABLE', onNull: true, parallel: 'SAFE', replace: true }, 'select a + b')
pgm.createFunction('stamp', [], { returns: 'trigger', language: 'plpgsql' }, "begin new.changed := now(); return new; end")
pgm.createTrigger('rows', 'stamped', { when: 'BEFORE', operation: ['INSERT', 'UPDATE'], function: 'stamp', level: 'ROW' })
pgm.createTrigger('rows', 'told', { when: 'AFTER', operation: 'DELETE', level: 'STATEMENT', language: 'plpgsql' }, "begin return null; end")
pgm.renameFunction('add', ['int', 'int'], 'plus')
pgm.renameTrigger('rows', 'told', 'told_after')`,
        `pgm.dropTable('rows', { cascade: true }); pgm.dropFunction('told', []); pgm.dropFunction('stamp', [])
pgm.dropFunction('plus', ['int', 'int'])`,
      ),
    },
    makes: [/FUNCTION \w+\.plus/, /TRIGGER told_after/],
  },
  'policies of the project’s own': {
    files: {
      '0001_policies.js': file(
        `pgm.createTable('notes', { id: 'id', author: 'text', company_id: 'text' })
pgm.alterTable('notes', { levelSecurity: 'ENABLE' })
pgm.createPolicy('notes', 'authors', { command: 'SELECT', role: 'PUBLIC', using: "author = current_user" })
pgm.createPolicy('notes', 'writers', { command: 'INSERT', check: "author = current_user" })
pgm.alterPolicy('notes', 'authors', { using: "author = session_user" })
pgm.renamePolicy('notes', 'writers', 'inserters')`,
        `pgm.dropPolicy('notes', 'inserters'); pgm.dropPolicy('notes', 'authors'); pgm.dropTable('notes')`,
      ),
    },
    makes: [/policy notes authors for r to public using .*SESSION_USER/, /policy notes inserters for a/],
  },
  constraints: {
    files: {
      '0001_constraints.js': file(
        `pgm.createTable('parents', { id: 'int', code: 'text', span: 'int4range' })
pgm.createTable('children', { parent: 'int', code: 'text' })
pgm.addConstraint('parents', 'parents_key', { primaryKey: 'id' })
pgm.addConstraint('parents', 'parents_code', { unique: [['code', 'id']], comment: 'one code each' })
pgm.addConstraint('parents', 'no_overlap', { exclude: 'using gist (span with &&)' })
pgm.addConstraint('children', 'children_parent', { foreignKeys: { columns: 'parent', references: 'parents(id)', onUpdate: 'CASCADE' }, deferrable: true, deferred: true })
pgm.addConstraint('children', 'children_code', "check (code <> '') not valid")
pgm.addConstraint('children', 'gone', { check: 'parent > 0' })
pgm.dropConstraint('children', 'gone')
pgm.renameConstraint('children', 'children_code', 'children_has_code')`,
        `pgm.dropTable('children'); pgm.dropTable('parents')`,
      ),
    },
    makes: [/DEFERRABLE INITIALLY DEFERRED/, /EXCLUDE USING gist/, /children_has_code .*NOT VALID/],
  },
  'changes to tables that are there': {
    files: {
      '0001_before.js': file(
        `pgm.createTable('people', { id: 'id', name: 'text', age: 'text', note: 'text' })
pgm.sql("insert into people (name, age) values ('a', '1'), (null, '2')")`,
        `pgm.dropTable('people')`,
      ),
      '0002_changes.js': file(
        `pgm.alterColumn('people', 'age', { type: 'integer', using: 'age::integer', default: 18, comment: 'years' })
pgm.sql("update people set name = '' where name is null")
pgm.alterColumn('people', 'name', { notNull: true, type: 'varchar(80)' })
pgm.renameColumn('people', 'note', 'remark')
pgm.addColumns('people', { born: { type: 'date', notNull: true, default: '2000-01-01' } }, { ifNotExists: true })
pgm.alterColumn('people', 'born', { default: null })
pgm.dropColumns('people', ['remark'], { ifExists: true })
pgm.renameTable('people', 'persons')`,
        `pgm.renameTable('persons', 'people')
pgm.addColumns('people', { remark: 'text' })
pgm.renameColumn('people', 'remark', 'note')
pgm.dropColumn('people', 'born')
pgm.alterColumn('people', 'name', { notNull: false, type: 'text' })
pgm.alterColumn('people', 'age', { type: 'text', default: null, comment: null })`,
      ),
    },
    makes: [
      /table persons/,
      /persons\.2 name character varying\(80\) not null/,
      /age integer default 18 comment 'years'/,
    ],
  },
  sequences: {
    files: {
      '0001_sequences.js': file(
        `pgm.createTable('orders', { id: 'int', number: 'bigint' })
pgm.createSequence('numbers', { type: 'bigint', start: 1000, increment: 10, minvalue: 10, maxvalue: 99990, cache: 5, cycle: true, owner: 'orders.number' })
pgm.alterColumn('orders', 'number', { default: pgm.func("nextval('numbers')") })
pgm.createSequence('plain')
pgm.alterSequence('plain', { increment: 2, restart: 7 })
pgm.renameSequence('plain', 'renamed_sequence')`,
        `pgm.dropSequence('renamed_sequence'); pgm.dropTable('orders')`,
      ),
    },
    makes: [
      /sequence numbers bigint start 1000 by 10 from 10 to 99990 cache 5 cycle owned by/,
      /renamed_sequence bigint start 1 by 2/,
    ],
  },
  'raw SQL, with placeholders and several statements': {
    files: {
      '0001_sql.js': file(
        `pgm.sql('create table {table} (id int, {column} text); create index on {table} ({column})', { table: 'orders', column: 'note' })
pgm.sql("alter table orders add column kind text default '{literal}'", { unused: 1 })
pgm.sql(\`create function f() returns int language plpgsql as $$ begin return 1; end $$;
comment on function f() is 'f'\`)
pgm.createTable({ name: 'quoted "table"' }, { 'Odd Column': { type: 'int', default: pgm.func('1 + 1') } })`,
        `pgm.dropTable('quoted "table"'); pgm.sql('drop function f(); drop table {table}', { table: 'orders' })`,
      ),
    },
    makes: [/kind text default '\{literal\}'/, /Odd Column integer default \(1 \+ 1\)/],
  },
  operators: {
    files: {
      '0001_operators.js': file(
        `pgm.createFunction('near', [{ name: 'a', type: 'int' }, { name: 'b', type: 'int' }], { returns: 'boolean', language: 'sql', behavior: 'IMMUTABLE' }, 'select abs(a - b) < 2')
pgm.createOperator('~~~', { procedure: 'near', left: 'int4', right: 'int4' })`,
        `pgm.dropOperator('~~~', { left: 'int4', right: 'int4' }); pgm.dropFunction('near', ['int', 'int'])`,
      ),
    },
    makes: [/operator .*~~~/],
  },
  'what the database says while a file is built': {
    files: {
      '0001_settings.sql': `-- Up Migration
create table settings (name text); insert into settings values ('a'), ('b');
-- Down Migration
drop table settings;`,
      '0002_asks.js': file(
        `const { rows } = await pgm.db.query('select name from settings order by name')
for (const { name } of rows) pgm.createTable('table_' + name, { id: 'id' })
const [{ n }] = await pgm.db.select('select count(*)::int as n from settings where name > $1', ['a'])
pgm.sql(\`alter table table_a add column n int default \${n}\`)
await pgm.db.query('create table made_at_once (id int)')`,
        `const { rows } = await pgm.db.query('select name from settings')
for (const { name } of rows) pgm.dropTable('table_' + name)
pgm.dropTable('made_at_once')`,
      ),
    },
    makes: [/table table_b/, /table_a\.2 n integer default 1/, /table made_at_once/],
  },
}

test.each(Object.entries(cases))('%s', async (_name, { files, makes }) => {
  const twice = await migrateTwice(files)
  const made = await twice.compare()
  for (const schema of schemas) for (const pattern of makes) expect(made[schema]).toMatch(pattern)
  await twice.undo()
  const left = await twice.compare()
  for (const schema of schemas) expect(left[schema]?.split('\n')).toHaveLength(1)
})
