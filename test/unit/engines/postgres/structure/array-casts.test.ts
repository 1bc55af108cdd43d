import { expect, test } from 'vitest'
import { keepArrayCasts } from '../../../../../src/engines/postgres/structure/sql/array-casts.ts'

test('given a list of varchar cast as a whole, then it stays so when it is read again', () => {
  expect(
    keepArrayCasts(`((a)::text = ANY ((ARRAY['x'::character varying, 'it''s]'::character varying])::text[]))`),
  ).toBe(
    `((a)::text = ANY ((ARRAY['x'::character varying, 'it''s]'::character varying]::character varying[])::text[]))`,
  )
})

test('given a list cast one by one, or of one type throughout, then nothing is added', () => {
  for (const sql of [
    `(ARRAY[('x'::character varying)::text, ('y'::character varying)::text])`,
    `(ARRAY['x'::text, 'y'::text])::text[]`,
    `'(ARRAY[1])::text[]'`,
  ]) {
    expect(keepArrayCasts(sql)).toBe(sql)
  }
})
