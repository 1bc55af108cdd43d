import { expect, test } from 'vitest'
import { takesGzip } from '../../../../src/server/http/compression.ts'

test.each([
  ['gzip', true],
  ['br, GZIP;q=0.5', true],
  ['deflate, *', true],
  ['*;q=0', false],
  ['gzip;q=0, *', false],
  ['gzip;q=0.000', false],
  ['gzip;q=nonsense', false],
  ['xgzip', false],
  ['', false],
  [undefined, false],
])('%j', (accepted, taken) => {
  expect(takesGzip(accepted)).toBe(taken)
})
