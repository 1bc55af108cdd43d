import { expect, test } from 'vitest'
import { backoffMs } from '../../../../src/core/migration/backoff.ts'

const longest = () => 1
const middle = () => 0.5
const shortest = () => 0

test('the bound doubles with each attempt', () => {
  expect([1, 2, 3, 4, 5].map((attempt) => backoffMs(attempt, longest))).toEqual([200, 400, 800, 1_600, 3_200])
})

test('it is never more than five seconds', () => {
  expect([6, 7, 20, 100].map((attempt) => backoffMs(attempt, longest))).toEqual([5_000, 5_000, 5_000, 5_000])
})

test('the wait is anything below the bound, so that two who met do not meet again', () => {
  expect(backoffMs(1, middle)).toBe(100)
  expect(backoffMs(1, shortest)).toBe(0)
  expect(backoffMs(1, () => 0.123456)).toBe(25)
})
