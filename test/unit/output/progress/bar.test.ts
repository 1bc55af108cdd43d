import { expect, test } from 'vitest'
import { bar } from '../../../../src/output/progress/bar.ts'

test.each([
  [{ done: 0, failed: 0, targets: 10 }, '░░░░░░░░░░'],
  [{ done: 5, failed: 0, targets: 10 }, '█████░░░░░'],
  [{ done: 10, failed: 0, targets: 10 }, '██████████'],
  [{ done: 9, failed: 1, targets: 10 }, '█████████▒'],
  [{ done: 0, failed: 10, targets: 10 }, '▒▒▒▒▒▒▒▒▒▒'],
  [{ done: 9998, failed: 1, targets: 10_000 }, '████████▒░'],
  [{ done: 0, failed: 1, targets: 10_000 }, '▒░░░░░░░░░'],
  [{ done: 0, failed: 0, targets: 0 }, '░░░░░░░░░░'],
])('%j', (counts, expected) => {
  expect(bar(counts, 10)).toBe(expected)
  expect(bar(counts, 0)).toBe('')
})
