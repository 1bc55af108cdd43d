import { expect, test } from 'vitest'
import { canDraw } from '../../../../src/output/progress/can-draw.ts'
import { fakeTerminal } from './fake-terminal.ts'

test('a terminal is drawn on, with colours or without', () => {
  expect(canDraw(fakeTerminal(80, 24), {})).toBe(true)
  expect(canDraw(fakeTerminal(80, 24), { NO_COLOR: '1', CI: 'false' })).toBe(true)
})

test('nothing is drawn in CI, on a dumb terminal, or on one that does not tell its size', () => {
  expect(canDraw(fakeTerminal(80, 24), { CI: 'true' })).toBe(false)
  expect(canDraw(fakeTerminal(80, 24), { TERM: 'dumb' })).toBe(false)
  expect(canDraw(fakeTerminal(0, 0), {})).toBe(false)
})
