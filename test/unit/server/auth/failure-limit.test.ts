import { expect, test } from 'vitest'
import { createFailureLimit } from '../../../../src/server/auth/failure-limit.ts'

function limitOf(perMinute: number) {
  let now = 1_000
  const limit = createFailureLimit(perMinute, () => now)
  return {
    count: (...sources: string[]) => limit.count(sources),
    pass: (ms: number) => {
      now += ms
    },
  }
}

test('so many at once, then as many a minute', () => {
  const { count, pass } = limitOf(6)
  expect(Array.from({ length: 6 }, () => count('a'))).toEqual([0, 0, 0, 0, 0, 0])
  expect(count('a')).toBe(10_000)
  pass(4_000)
  expect(count('a')).toBe(6_000)
  pass(6_000)
  expect([count('a'), count('a')]).toEqual([0, 10_000])
  pass(600_000)
  expect(Array.from({ length: 7 }, () => count('a'))).toEqual([0, 0, 0, 0, 0, 0, 10_000])
})

test('one source takes nothing from another, but a key is counted wherever it comes from', () => {
  const { count } = limitOf(2)
  expect([count('a'), count('a'), count('a'), count('b')]).toEqual([0, 0, 30_000, 0])
  expect([count('c', 'key 1'), count('d', 'key 1'), count('e', 'key 1'), count('e')]).toEqual([0, 0, 30_000, 0])
})
