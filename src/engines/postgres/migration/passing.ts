import pg from 'pg'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import type { PassingFailure } from '../../engine.ts'

/** A batch that dbsvc itself has cancelled, because it held its locks for too long. */
export class HeldTooLong extends Error {
  constructor(afterMs: number, cause: unknown) {
    super(`the batch held its locks for ${afterMs} ms`, { cause })
  }
}

// lock_not_available and deadlock_detected: whoever is in the way may be gone the next time.
const contention = ['55P03', '40P01']
// out_of_memory, which "out of shared memory" is for the lock table.
const outOfLocks = '53200'

/** Tells what may pass by itself from what a migration does wrong, which no second try mends. */
export function passingFailure(error: unknown): PassingFailure | undefined {
  if (error instanceof HeldTooLong) return { reason: error.message, tooMuch: true }
  if (error instanceof DbsvcError) return error.cause === undefined ? undefined : passingFailure(error.cause)
  if (!(error instanceof pg.DatabaseError)) return undefined
  if (contention.includes(error.code ?? '')) return { reason: reasonOf(error), tooMuch: false }
  return error.code === outOfLocks ? { reason: reasonOf(error), tooMuch: true } : undefined
}
