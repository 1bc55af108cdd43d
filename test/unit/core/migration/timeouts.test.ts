import { describe, expect, test } from 'vitest'
import { timeoutsIn } from '../../../../src/core/migration/timeouts.ts'

describe('given a file that says how long its statements may take', () => {
  test.each([
    ['-- dbsvc: lock_timeout 30s', { lockTimeoutMs: 30_000 }],
    ['-- dbsvc: lock_timeout = 250ms', { lockTimeoutMs: 250 }],
    ['-- dbsvc: lock_timeout=250 ms', { lockTimeoutMs: 250 }],
    ['--dbsvc:statement_timeout 10min', { statementTimeoutMs: 600_000 }],
    ['// dbsvc: statement_timeout 2h', { statementTimeoutMs: 7_200_000 }],
    ['    // dbsvc: statement_timeout 24h  ', { statementTimeoutMs: 86_400_000 }],
    ['-- dbsvc: lock_timeout 1ms\r\nselect 1;\r\n', { lockTimeoutMs: 1 }],
  ])('%j is %j', (text, expected) => {
    expect(timeoutsIn(text)).toEqual(expected)
  })

  test('both may stand anywhere, and the last of a kind counts', () => {
    const text = `-- Up Migration
      -- dbsvc: lock_timeout 1s
      create table t ();
      -- dbsvc: statement_timeout 5min
      -- dbsvc: lock_timeout 2s`
    expect(timeoutsIn(text)).toEqual({ lockTimeoutMs: 2_000, statementTimeoutMs: 300_000 })
  })
})

describe('given a file that says nothing of it', () => {
  test.each([
    '',
    'set lock_timeout = 30000;',
    'select 1; -- dbsvc: lock_timeout 30s',
    '-- lock_timeout 30s',
    '-- dbsvc: lock_timeout_of_others 30s',
    '-- dbsvc: ignore drop-table: nobody reads it',
  ])('%j has none', (text) => {
    expect(timeoutsIn(text)).toEqual({})
  })
})

describe('given what is no time', () => {
  test.each([
    '',
    '30',
    's',
    'never',
    '0s',
    '-1s',
    '1.5s',
    '30 seconds',
    '30S',
    '30s please',
    '25h',
    '86400001ms',
    '99999999999999999999h',
    '1constructor',
  ])('"%s" is refused, with the units', (value) => {
    expect(() => timeoutsIn(`select 1;\n-- dbsvc: lock_timeout ${value}\n`)).toThrow(
      expect.objectContaining({
        name: 'RangeError',
        message: `"lock_timeout ${value}" is no time such as 30s; the units are ms, s, min and h`,
      }),
    )
  })
})
