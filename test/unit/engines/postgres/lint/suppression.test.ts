import { expect, test } from 'vitest'
import { dropColumn } from '../../../../../src/engines/postgres/lint/rules/drop-column.ts'
import { dropTable } from '../../../../../src/engines/postgres/lint/rules/drop-table.ts'
import { irreversible } from '../../../../../src/engines/postgres/lint/rules/irreversible.ts'
import { findings } from './given-migrations.ts'

const allow = 'dbsvc: allow drop-table because no version uses it since 1.4'
const dropped = (place: string, table: string): string =>
  `${place} ${table} is dropped, and a running version may use it`

test.each([
  ['above the statement', `-- ${allow}\ndrop table orders;`],
  ['above it, with other comments between', `-- ${allow}\n-- and its rows\n\ndrop table orders;`],
  ['at the end of its line', `drop table orders; -- ${allow}`],
  ['inside it', `drop table\n  -- ${allow}\n  orders;`],
  ['in a block comment', `/* ${allow} */\ndrop table orders;`],
])('given a suppression %s, then it holds', async (_, sql) => {
  expect(await findings(dropTable, { 'tenant/0001_drop.sql': sql })).toEqual([])
})

test('given two statements, then a suppression holds for the one after it only', async () => {
  const sql = `drop table items;\n-- ${allow}\ndrop table orders;\ndrop table users;`
  expect(await findings(dropTable, { 'tenant/0001_drop.sql': sql })).toEqual([
    dropped('tenant/0001_drop.sql:1:1', 'items'),
    dropped('tenant/0001_drop.sql:4:1', 'users'),
  ])
})

test('given a suppression above the up marker, then it holds for the whole file', async () => {
  const sql = `-- ${allow}\n-- Up Migration\ndrop table orders;\ndrop table users;`
  expect(await findings(dropTable, { 'tenant/0001_drop.sql': sql })).toEqual([])
})

test('given a finding about the whole file, then a suppression anywhere in it holds', async () => {
  const comment = '-- dbsvc: allow irreversible because the rows are gone'
  expect(await findings(irreversible, { 'tenant/0001_drop.sql': `${comment}\ndrop table orders;` })).toEqual([])
})

test('given a suppression in the code of a .ts file, then it holds for the whole file', async () => {
  const code = `// ${allow}\nexport const up = (pgm) => {\n  pgm.dropTable('orders')\n}\nexport const down = false\n`
  expect(await findings(dropTable, { 'tenant/0001_drop.ts': code })).toEqual([])
})

test('given a suppression in the SQL of a .ts file, then it holds for the statement after it', async () => {
  const sql = `-- ${allow}\n    drop table orders;\n    drop table users;`
  const code = `export const up = (pgm) => {\n  pgm.sql(\`\n    ${sql}\n  \`)\n}\nexport const down = false\n`
  expect(await findings(dropTable, { 'tenant/0001_drop.ts': code })).toEqual([
    dropped('tenant/0001_drop.ts:5:5', 'users'),
  ])
})

test('given a file with Windows line ends, then its suppressions hold', async () => {
  const sql = `-- Up Migration\r\n-- ${allow}\r\ndrop table orders;\r\n`
  expect(await findings(dropTable, { 'tenant/0001_drop.sql': sql })).toEqual([])
})

test('given words of a suppression inside a string, then they are no suppression', async () => {
  const sql = `comment on table items is '\n-- ${allow}\n';\ndrop table orders;`
  expect(await findings(dropTable, { 'tenant/0001_drop.sql': sql })).toEqual([
    dropped('tenant/0001_drop.sql:4:1', 'orders'),
  ])
})

test('given the code of a .ts file that drops a column, then the finding has the SQL and no place', async () => {
  const code = "export const up = (pgm) => pgm.dropColumn('orders', 'note')\nexport const down = false\n"
  expect(await findings(dropColumn, { 'tenant/0001_drop.ts': code })).toEqual([
    'tenant/0001_drop.ts orders.note is dropped, and a running version may use it',
  ])
})
