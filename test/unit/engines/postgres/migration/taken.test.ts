import pg from 'pg'
import { expect, test } from 'vitest'
import { TargetsTaken } from '../../../../../src/engines/engine.ts'
import { takenTargets } from '../../../../../src/engines/postgres/migration/taken.ts'

function serverError(fields: Partial<pg.DatabaseError>): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('taken by another run', 0, 'error'), fields)
}

test('the refusal of dbsvc.claim says who is under way and who has moved', () => {
  const error = serverError({
    constraint: 'dbsvc_target_moved',
    detail: '{"busy": ["company_abc"], "moved": ["company_xyz"]}',
  })
  const taken = takenTargets(error)
  expect(taken).toBeInstanceOf(TargetsTaken)
  expect(taken).toMatchObject({ busy: ['company_abc'], moved: ['company_xyz'] })
})

test('one without details takes nobody', () => {
  expect(takenTargets(serverError({ constraint: 'dbsvc_target_moved' }))).toMatchObject({ busy: [], moved: [] })
})

test('what else a server says is no such refusal, though a constraint is broken', () => {
  expect(takenTargets(serverError({ constraint: 'orders_pkey', detail: '{"busy": ["a"]}' }))).toBeUndefined()
  expect(takenTargets(Object.assign(new Error('x'), { constraint: 'dbsvc_target_moved' }))).toBeUndefined()
  expect(takenTargets(undefined)).toBeUndefined()
})
