import { expect, test } from 'vitest'
import { parseDuration, parseEnd } from '../../../../src/core/service/lifetime.ts'

const now = Date.parse('2026-11-29T10:00:00Z')
const end = (text: string) => parseEnd(text, now)?.toISOString()

test('a duration is a whole number and one unit', () => {
  expect(['0s', '30m', '24h', '90d', '2w'].map(parseDuration)).toEqual([
    0, 1_800_000, 86_400_000, 7_776_000_000, 1_209_600_000,
  ])
  expect(['', '5', 'h', '1.5h', '-1h', '1h30m', '1H', '9999999d'].map(parseDuration)).toEqual(Array(8).fill(undefined))
})

test('an end is a duration from now on or a date', () => {
  expect(end('90d')).toBe('2027-02-27T10:00:00.000Z')
  expect(end('2027-01-31')).toBe('2027-01-31T00:00:00.000Z')
  expect(end('2027-01-31T12:30')).toBe('2027-01-31T12:30:00.000Z')
  expect(end('2027-01-31T12:30:00+02:00')).toBe('2027-01-31T10:30:00.000Z')
})

test.each([
  '2027-02-30',
  '2027-13-01',
  '31.01.2027',
  'tomorrow',
  '2027',
  '2027-02-30T12:00',
])('%s is no end', (text) => {
  expect(end(text)).toBeUndefined()
})
