import { expect, test } from 'vitest'
import { describeSkew } from '../../../../src/app/retention/clocks.ts'

test.each([0, 60_000, -60_000, 1_234.5])('clocks that are %s ms apart are not worth a word', (offsetMs) => {
  expect(describeSkew(offsetMs)).toBeUndefined()
})

test.each([
  [60_001, "this machine's clock is 60 s behind the other; what is too old to be kept is counted by it"],
  [-86_400_000, "the server's clock is 86400 s behind the other; what is too old to be kept is counted by it"],
])('of clocks that are %s ms apart the one behind is named', (offsetMs, words) => {
  expect(describeSkew(offsetMs)).toBe(words)
})
