import {
  AllDatabasesFailed,
  Conflict,
  ConnectionFailed,
  type DatabaseServiceError,
  TooManyRequests,
  Unavailable,
} from './errors.ts'

export interface RetryPolicy {
  /** Requests in all. */
  readonly attempts: number
  /** Before the second one; doubled for each further one, and drawn from 0 to that. */
  readonly firstDelayMs: number
  readonly longestDelayMs: number
}

export const defaultRetry: RetryPolicy = { attempts: 4, firstDelayMs: 50, longestDelayMs: 2_000 }

/** How long to wait after this attempt, the first being 1. */
export function delayMs(
  { firstDelayMs, longestDelayMs }: RetryPolicy,
  attempt: number,
  error: DatabaseServiceError,
): number {
  return error.retryAfterMs ?? Math.random() * Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1))
}

// serialization_failure, deadlock_detected, lock_not_available: the transaction was undone as a whole.
const undone: ReadonlySet<string> = new Set(['40001', '40P01', '55P03'])

/**
 * Whether sending it again can neither do a write twice nor be in vain.
 * @param repeatable a read, a write with an idempotency key, or one that does the same however often it is done
 */
export function mayRetry(error: DatabaseServiceError, repeatable: boolean): boolean {
  if (error instanceof ConnectionFailed) return repeatable || !error.sent
  // Each says that nothing was done. What the service gives no time for, such as a budget of objects, does not pass.
  if (error instanceof TooManyRequests) return error.retryAfterMs !== null || error.code === null
  if (error instanceof AllDatabasesFailed) return true
  if (undone.has(error.sqlState ?? '')) return true
  if (error instanceof Conflict) return repeatable && error.retryAfterMs !== null
  return error instanceof Unavailable && repeatable
}
