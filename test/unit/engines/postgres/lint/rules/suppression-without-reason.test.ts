import { expect, test } from 'vitest'
import { dropTable } from '../../../../../../src/engines/postgres/lint/rules/drop-table.ts'
import { findings } from '../given-migrations.ts'

const file = 'tenant/0001_drop.sql'
const dropped = `${file}:2:1 orders is dropped, and a running version may use it`

test.each([
  ['-- dbsvc: allow drop-table', 'gives no reason'],
  ['-- dbsvc: allow drop-table because', 'names no rule to suppress'],
  ['-- dbsvc: allow drop-table nobody needs it', 'names no rule to suppress'],
  ['-- dbsvc: allow', 'names no rule to suppress'],
  ['-- dbsvc: allow because nobody needs it', 'names no rule to suppress'],
])('given %s, then it is found and suppresses nothing', async (comment, what) => {
  expect(await findings(dropTable, { [file]: `${comment}\ndrop table orders;` })).toEqual([
    `${file}:1 the comment ${what}, so it holds for nothing`,
    dropped,
  ])
})

test('given a reason, then nothing is found', async () => {
  const comment = '-- dbsvc: allow drop-table because no version uses it since 1.4'
  expect(await findings(dropTable, { [file]: `${comment}\ndrop table orders;` })).toEqual([])
})
