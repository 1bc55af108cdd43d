import { expect, test } from 'vitest'
import { knownFlawsOf } from '../../../../src/core/doctor/known-flaws.ts'

test.each([
  [150_008, 12, '15.19'],
  [160_009, 9, '16.15'],
  [170_000, 12, '17.11'],
  [170_003, 9, '17.11'],
  [170_010, 5, '17.11'],
  [180_000, 8, '18.6'],
  [180_004, 5, '18.6'],
])('release %i has %i of them, all of which %s has closed', (number, flaws, closedIn) => {
  const found = knownFlawsOf(number)
  expect(found?.flaws).toHaveLength(flaws)
  expect(found?.closedIn).toBe(closedIn)
})

test.each([150_019, 160_015, 170_011, 180_006, 190_000])('release %i has none', (number) => {
  expect(knownFlawsOf(number)).toBeNull()
})
