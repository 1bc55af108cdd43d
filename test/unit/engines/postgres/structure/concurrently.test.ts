import { expect, test } from 'vitest'
import { withoutConcurrently } from '../../../../../src/engines/postgres/structure/concurrently.ts'

test('given CREATE INDEX CONCURRENTLY, then only that word goes, behind letters of several bytes too', async () => {
  expect(await withoutConcurrently(`select 'für'; create index concurrently "i" on t (x)`)).toBe(
    `select 'für'; create index  "i" on t (x)`,
  )
})

test('given the word in a text or a quoted name, then it stays', async () => {
  const sql = `comment on table "concurrently" is 'built concurrently'`
  expect(await withoutConcurrently(sql)).toBe(sql)
})
