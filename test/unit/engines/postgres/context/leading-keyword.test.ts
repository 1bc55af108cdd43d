import { expect, test } from 'vitest'
import { leadingKeyword } from '../../../../../src/engines/postgres/context/leading-keyword.ts'

test.each([
  ['select 1', 'select'],
  ['  SELECT 1', 'select'],
  ['((select 1))', 'select'],
  ['-- select\ncopy t to stdout', 'copy'],
  ['--x\rset a = b', 'set'],
  ['/* select */ do $$ $$', 'do'],
  ['/* /* nested */ select */ set a = b', 'set'],
  ['/**//*/**/*/with x as (select 1) table x', 'with'],
  ['/* never closed select 1', ''],
  ['selection', 'selection'],
  ['select_1', 'select_1'],
  ['\u00a0select 1', ''],
  [';select 1', ''],
  ['"select"', ''],
  ['', ''],
  ['-- only a comment', ''],
])('%j begins with %j', (text, keyword) => {
  expect(leadingKeyword(text)).toBe(keyword)
})
