import { checksumOf } from '../../../../src/core/migration/file.ts'

/** Rows that a company may have in its table `items`, and that one migration or another cannot bear. */
export type Trouble = 'twins' | 'namesakes' | 'debts' | 'riches'

/** How a company gets into trouble, and out of it. */
export const troubles: Readonly<Record<Trouble, { readonly begin: string; readonly end: string }>> = {
  twins: { begin: "insert into items (code) values ('twin'), ('twin')", end: "delete from items where code = 'twin'" },
  namesakes: { begin: "insert into items (name) values ('Ann'), ('Ann')", end: "delete from items where name = 'Ann'" },
  debts: { begin: 'insert into items (amount) values (-1)', end: 'delete from items where amount < 0' },
  riches: { begin: 'insert into items (amount) values (1000)', end: 'delete from items where amount >= 1000' },
}

/** A migration of a history, and what there is to know of it. */
export interface HistoryMigration {
  readonly name: string
  readonly version: string
  readonly checksum: string
  /** Relative to the project. */
  readonly path: string
  readonly content: string
  /** What a schema has of it. */
  readonly objects: readonly string[]
  /** What is there of it when its way up fails; nothing, where that is taken back. */
  readonly half: readonly string[]
  readonly failsUp?: Trouble
  readonly failsDown?: Trouble
  /** What no company can get into that has it. */
  readonly prevents?: Trouble
}

type Kind = (number: number) => Pick<HistoryMigration, 'content' | 'objects'> & Partial<HistoryMigration>

const sql = (up: string, down: string): string => `-- Up Migration\n${up}\n-- Down Migration\n${down}\n`

/** Everything else is about this one, so that it comes first. */
const items: Kind = () => ({
  content: sql(
    `create table items (id bigint generated always as identity primary key, code text, name text, amount numeric(12, 2));`,
    'drop table items;',
  ),
  objects: ['table items'],
})

const table: Kind = (number) => ({
  content: sql(`create table notes_${number} (id bigint primary key);`, `drop table notes_${number};`),
  objects: [`table notes_${number}`],
})

const column: Kind = (number) => ({
  content: sql(`alter table items add column extra_${number} text;`, `alter table items drop column extra_${number};`),
  objects: [`column items.extra_${number}`],
})

const uniqueCode: Kind = (number) => ({
  content: sql(`create unique index items_code_${number} on items (code);`, `drop index items_code_${number};`),
  objects: [`index items_code_${number}`],
  failsUp: 'twins',
  prevents: 'twins',
})

/** Its table stays when its index cannot be made, and the next attempt goes on behind it. */
const outside: Kind = (number) => ({
  content: `exports.up = (pgm) => {
  pgm.noTransaction()
  pgm.createTable('names_${number}', { id: { type: 'bigint', primaryKey: true } })
  pgm.createIndex('items', 'name', { name: 'items_name_${number}', unique: true, concurrently: true })
}
exports.down = (pgm) => {
  pgm.noTransaction()
  pgm.dropIndex('items', 'name', { name: 'items_name_${number}', concurrently: true })
  pgm.dropTable('names_${number}')
}
`,
  objects: [`table names_${number}`, `index items_name_${number}`],
  half: [`table names_${number}`],
  failsUp: 'namesakes',
  prevents: 'namesakes',
})

/** What it asks for on its way up may be so no longer when it is done again. */
const solvent: Kind = (number) => ({
  content: sql(
    `create table credits_${number} (id bigint primary key);
     alter table items add constraint solvent check (amount >= 0);
     alter table items drop constraint solvent;`,
    `drop table credits_${number};`,
  ),
  objects: [`table credits_${number}`],
  failsUp: 'debts',
})

const modest: Kind = (number) => ({
  content: sql(
    `create table taxes_${number} (id bigint primary key);`,
    `drop table taxes_${number};
     alter table items add constraint modest check (amount < 1000);
     alter table items drop constraint modest;`,
  ),
  objects: [`table taxes_${number}`],
  failsDown: 'riches',
})

const kinds = { items, table, column, uniqueCode, outside, solvent, modest }

export type KindName = keyof typeof kinds

/** What a history goes on with after `items`; what is listed twice is as likely again. */
export const laterKinds: readonly KindName[] = [
  'table',
  'column',
  'uniqueCode',
  'outside',
  'outside',
  'solvent',
  'modest',
]

export function migrationOf(kind: KindName, number: number): HistoryMigration {
  const made = kinds[kind](number)
  const version = String(number).padStart(4, '0')
  const name = `${version}_${kind.toLowerCase()}`
  return {
    half: [],
    ...made,
    name,
    version,
    checksum: checksumOf(made.content),
    path: `migrations/postgres/tenant/${name}.${made.content.startsWith('exports') ? 'js' : 'sql'}`,
  }
}
