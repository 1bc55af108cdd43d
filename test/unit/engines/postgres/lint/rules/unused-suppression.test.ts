import { expect, test } from 'vitest'
import { dropTable } from '../../../../../../src/engines/postgres/lint/rules/drop-table.ts'
import { findings, lint } from '../given-migrations.ts'

const file = 'tenant/0001_drop.sql'
const comment = '-- dbsvc: allow drop-table because no version uses it since 1.4'

test('given a statement that the rule does not object to, then its suppression is found', async () => {
  expect(await findings(dropTable, { [file]: `${comment}\nselect 1;` })).toEqual([
    `${file}:1 nothing here is found by drop-table`,
  ])
})

test('given a suppression with no statement after it, then it is found', async () => {
  expect(await findings(dropTable, { [file]: `drop table orders;\n\n${comment}` })).toEqual([
    `${file}:1:1 orders is dropped, and a running version may use it`,
    `${file}:3 nothing here is found by drop-table`,
  ])
})

test('given a rule that does not exist, then its suppression is found', async () => {
  expect(await findings(dropTable, { [file]: '-- dbsvc: allow drop-tabel because of that\nselect 1;' })).toEqual([
    `${file}:1 there is no rule drop-tabel`,
  ])
})

test('given two rules of which one finds nothing, then that one is found', async () => {
  const both = '-- dbsvc: allow drop-table, drop-cascade because no version uses it since 1.4'
  expect(await findings(dropTable, { [file]: `${both}\ndrop table orders;` })).toEqual([])
  expect(
    await findings(dropTable, { [file]: `${both.replace('drop-cascade', 'drop-none')}\ndrop table orders;` }),
  ).toEqual([`${file}:1 there is no rule drop-none`])
})

test('given that only another rule is asked for, then nothing is said of suppressions', async () => {
  expect(await lint([dropTable], { [file]: `${comment}\nselect 1;` })).toEqual([])
})
