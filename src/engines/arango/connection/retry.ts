import { setTimeout as delay } from 'node:timers/promises'
import { backoffMs } from '../../../core/migration/backoff.ts'
import { refusalBehind } from './failure.ts'

/**
 * Refusals after which nothing was done and the same request may succeed: a conflict with another write (1200), a lock that was
 * not granted in time (18, 28), a server that is not ready (503), too few replicas in step (1429).
 */
const passing: ReadonlySet<number> = new Set([1200, 18, 28, 503, 1429])

const attempts = 5

export function isPassing(error: unknown): boolean {
  const refusal = refusalBehind(error)
  return refusal !== undefined && (passing.has(refusal.errorNum) || refusal.status === 503)
}

/** Does `work` up to 5 times while it is refused for a reason that passes. What broke under way is never repeated. */
export async function retryPassing<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt === attempts || !isPassing(error)) throw error
    }
    await delay(backoffMs(attempt, Math.random), undefined, signal === undefined ? {} : { signal })
  }
}
