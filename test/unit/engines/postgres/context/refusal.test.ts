import pg from 'pg'
import { expect, test } from 'vitest'
import { explainRefusal } from '../../../../../src/engines/postgres/context/refusal.ts'

function databaseError(code: string, constraint: string | undefined): pg.DatabaseError {
  const error = new pg.DatabaseError('reason', 0, 'error')
  error.code = code
  error.constraint = constraint
  return error
}

test.each([
  ['dbsvc_context_expired', 'DBS-1601', 'the database refused the signed context: reason'],
  ['dbsvc_company_suspended', 'DBS-1206', 'company alpha is suspended; this needs it to be active'],
  ['dbsvc_company_unknown', 'DBS-1203', 'there is no company alpha'],
])('%s becomes %s', (constraint, code, message) => {
  expect(explainRefusal(databaseError('42501', constraint), 'alpha')).toMatchObject({ code, message })
})

test.each([
  ['42501', undefined],
  ['23505', 'dbsvc_context_expired'],
  ['23505', 'users_pkey'],
])('an error of SQL with code %s and constraint %s stays as it is', (code, constraint) => {
  const error = databaseError(code, constraint)
  expect(explainRefusal(error, 'alpha')).toBe(error)
})
