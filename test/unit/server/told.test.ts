import { expect, test } from 'vitest'
import { DbsvcError } from '../../../src/core/errors/error.ts'
import { failureOf } from '../../../src/server/failure.ts'

const place = 'engine-7.internal:9000'
const [user, reason] = ['ops_login', `connect ECONNREFUSED ${place}`]
const engine = 'ClickHouse'

test.each([
  DbsvcError.of('DBS-1003', { path: '/etc/dbsvc/ca.pem', reason }),
  DbsvcError.of('DBS-1101', { engine, place, reason }),
  DbsvcError.of('DBS-1102', { engine, place, user, reason }),
  DbsvcError.of('DBS-1103', { engine, place, found: '1.2.3', wanted: '24.8 or newer' }),
  DbsvcError.of('DBS-1104', { place, user, missing: reason }),
  DbsvcError.of('DBS-1105', { place, reason }),
  DbsvcError.of('DBS-1107', { engine, place, reason }),
])('a caller is not told where an engine is, nor who dbsvc is to it: $code', (error) => {
  const told = failureOf(error, 'r')
  expect(told.error.code).toBe(error.code)
  expect(told.status).toEqual(failureOf(error, 'r').status)
  expect(JSON.stringify(told.error)).not.toMatch(/engine-7|9000|ops_login|1\.2\.3|ca\.pem/)
})
