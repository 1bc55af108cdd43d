import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { DbsvcError } from '../../../../../src/core/errors/error.ts'
import { HeldTooLong, passingFailure } from '../../../../../src/engines/postgres/migration/passing.ts'

function serverError(code: string, message: string): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError(message, 0, 'error'), { code })
}

const explained = (cause?: unknown): DbsvcError =>
  DbsvcError.of('DBS-1505', { target: 'company_abc', file: '0001_orders.sql', blocker: null }, cause)

describe('given contention', () => {
  test.each([
    ['55P03', 'canceling statement due to lock timeout'],
    ['40P01', 'deadlock detected'],
  ])('%s may pass: whoever is in the way may be gone', (code, message) => {
    expect(passingFailure(serverError(code, message))).toEqual({ reason: message, tooMuch: false })
  })

  test('it may still pass when it has been explained', () => {
    const cause = serverError('55P03', 'canceling statement due to lock timeout')
    expect(passingFailure(explained(explained(cause)))).toEqual({ reason: cause.message, tooMuch: false })
  })
})

describe('given a batch that was too much', () => {
  test('a full lock table may do for fewer', () => {
    expect(passingFailure(serverError('53200', 'out of shared memory'))).toEqual({
      reason: 'out of shared memory',
      tooMuch: true,
    })
  })

  test('so may the time that a batch holds its locks, whatever PostgreSQL calls the cancellation', () => {
    const cancelled = serverError('57014', 'canceling statement due to user request')
    const reason = 'the batch held its locks for 2000 ms'
    expect(passingFailure(new HeldTooLong(2_000, cancelled))).toEqual({ reason, tooMuch: true })
    expect(passingFailure(explained(new HeldTooLong(2_000, cancelled)))).toEqual({ reason, tooMuch: true })
  })
})

describe('given what a second try does not mend', () => {
  test.each([
    ['a mistake in the migration', serverError('42601', 'syntax error at or near "tabel"')],
    ['rows that contradict it', serverError('23505', 'could not create unique index')],
    ['a statement that ran out of time', serverError('57014', 'canceling statement due to statement timeout')],
    ['the same, explained', explained(serverError('42601', 'syntax error'))],
    ['a refusal of dbsvc', explained()],
    ['a bug', new TypeError('x is not a function')],
    ['something that is no error', '55P03'],
    ['nothing', undefined],
  ])('%s does not pass', (_, error) => {
    expect(passingFailure(error)).toBeUndefined()
  })
})
