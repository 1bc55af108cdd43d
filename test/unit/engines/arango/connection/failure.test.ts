import { expect, test, vi } from 'vitest'
import { DbsvcError } from '../../../../../src/core/errors/error.ts'
import { isNewEnough } from '../../../../../src/engines/arango/connection/connect.ts'
import { ArangoRefusal, failureOf, isRefusal } from '../../../../../src/engines/arango/connection/failure.ts'
import { isPassing, retryPassing } from '../../../../../src/engines/arango/connection/retry.ts'
import { queryLimits } from '../../../../../src/engines/arango/query-limits.ts'
import { inParallel } from '../../../../../src/engines/in-parallel.ts'

const refused = (errorNum: number, status = 409): unknown =>
  failureOf(
    Object.assign(new Error('said the server'), { name: 'ArangoError', errorNum, code: status }),
    'here:1',
    'root',
  )

test.each([1200, 18, 28, 503, 1429])('%i passes', (errorNum) => {
  expect(isPassing(refused(errorNum))).toBe(true)
})

test.each([1202, 1203, 1207, 1210, 1228, 1620, 11, 4])('%i does not pass', (errorNum) => {
  expect(isPassing(refused(errorNum))).toBe(false)
})

test('what passes is tried five times at most, what does not once', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  const passing = vi.fn(() => Promise.reject(refused(1200)))
  await expect(retryPassing(passing)).rejects.toMatchObject({ code: 'DBS-1107' })
  expect(passing).toHaveBeenCalledTimes(5)
  const other = vi.fn(() => Promise.reject(refused(1207)))
  await expect(retryPassing(other)).rejects.toMatchObject({ code: 'DBS-1107' })
  expect(other).toHaveBeenCalledTimes(1)
  const lost = vi.fn(() => Promise.reject(DbsvcError.of('DBS-1105', { place: 'here:1', reason: 'gone' })))
  await expect(retryPassing(lost)).rejects.toMatchObject({ code: 'DBS-1105' })
  expect(lost).toHaveBeenCalledTimes(1)
  vi.restoreAllMocks()
})

test('an error keeps the number, and nothing of the request', () => {
  const request = { headers: { authorization: 'Basic c2VjcmV0' } }
  const thrown = Object.assign(new Error('duplicate name'), { name: 'ArangoError', errorNum: 1207, code: 409, request })
  const failure = failureOf(thrown, 'here:1', 'root') as DbsvcError
  expect(failure).toMatchObject({ code: 'DBS-1107', message: 'ArangoDB at here:1 refused: duplicate name (1207)' })
  expect(isRefusal(failure, 1207)).toBe(true)
  expect(failure.cause).toBeInstanceOf(ArangoRefusal)
  expect(JSON.stringify(failure) + JSON.stringify(failure.cause)).not.toContain('c2VjcmV0')
})

test.each([
  [{ name: 'ArangoError', errorNum: 11, code: 401 }, 'DBS-1102'],
  [{ name: 'HttpError', code: 502 }, 'DBS-1107'],
  [{ name: 'ResponseTimeoutError' }, 'DBS-1105'],
  [{ name: 'FetchFailedError', cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) }, 'DBS-1101'],
  [{ name: 'FetchFailedError', cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) }, 'DBS-1105'],
  [
    {
      name: 'FetchFailedError',
      cause: new AggregateError([
        new Error('connect ECONNREFUSED ::1:1'),
        new Error('connect ECONNREFUSED 127.0.0.1:1'),
      ]),
    },
    'DBS-1101',
  ],
])('%j is %s', (members, code) => {
  expect(failureOf(Object.assign(new Error('something'), members), 'here:1', 'root')).toMatchObject({ code })
})

test('a mistake of the program stays what it is', () => {
  const mistake = new RangeError('out of range')
  expect(failureOf(mistake, 'here:1', 'root')).toBe(mistake)
})

test.each([
  ['3.11.0', true],
  ['3.12.5-1', true],
  ['4.0.0', true],
  ['3.9.12', false],
  ['2.99', false],
  ['unknown', false],
])('version %s is new enough: %s', (version, expected) => {
  expect(isNewEnough(version)).toBe(expected)
})

test('limits go along with a query in its own units', () => {
  expect(queryLimits({ queryMemoryKb: 262_144, statementTimeoutMs: 1_500 })).toEqual({
    memoryLimit: 268_435_456,
    options: { maxRuntime: 1.5 },
  })
})

test('one that fails keeps no other from being done', async () => {
  const done: number[] = []
  const work = async (item: number): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (item === 2) throw new Error('two')
    done.push(item)
    return item * 10
  }
  await expect(inParallel([1, 2, 3, 4, 5], 2, work)).rejects.toThrow('two')
  expect(done.sort()).toEqual([1, 3, 4, 5])
  expect(await inParallel([1, 3], 8, work)).toEqual([10, 30])
})
