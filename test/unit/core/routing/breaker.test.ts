import { expect, test } from 'vitest'
import {
  type Breaker,
  closed,
  failed,
  type Permission,
  permissionOf,
  probeSent,
  probeUndecided,
  stateOf,
} from '../../../../src/core/routing/breaker.ts'

const terms = { failures: 3, openMs: 1_000, longestOpenMs: 4_000, probeMs: 500 }
const fail = (breaker: Breaker, now: number, permission: Permission = 'pass') => failed(breaker, now, permission, terms)
const opened = fail(fail(fail(closed, 0), 0), 0)

test('passes until so many failures in a row, then refuses', () => {
  const two = fail(fail(closed, 0), 0)
  expect(permissionOf(two, 0)).toBe('pass')
  expect([permissionOf(opened, 0), permissionOf(opened, 999)]).toEqual(['refuse', 'refuse'])
})

test('lets one probe through when its time is over, and no second one beside it', () => {
  expect(permissionOf(opened, 1_000)).toBe('probe')
  const probing = probeSent(opened, 1_000, terms)
  expect(permissionOf(probing, 1_499)).toBe('refuse')
})

test('gives up a probe that says nothing, and one that did not reach the engine', () => {
  const probing = probeSent(opened, 1_000, terms)
  expect(permissionOf(probing, 1_500)).toBe('probe')
  expect(permissionOf(probeUndecided(probing), 1_001)).toBe('probe')
})

test('waits twice as long after each failed probe, up to a limit', () => {
  const waits: number[] = []
  let breaker = opened
  let now = 1_000
  for (let probe = 0; probe < 4; probe++) {
    breaker = fail(probeSent(breaker, now, terms), now, 'probe')
    waits.push((breaker.openUntil ?? 0) - now)
    now = breaker.openUntil ?? 0
  }
  expect(waits).toEqual([2_000, 4_000, 4_000, 4_000])
})

test('failures of what was sent before it opened do not hold it open', () => {
  expect(fail(opened, 900)).toBe(opened)
})

test('says what state it is in', () => {
  expect([stateOf(closed, 0), stateOf(opened, 999), stateOf(opened, 1_000)]).toEqual(['closed', 'open', 'half-open'])
})
