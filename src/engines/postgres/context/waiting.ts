import type { DbsvcError } from '../../../core/errors/error.ts'
import type { Lease } from './lease.ts'

/** A request that wants a connection. */
export interface Waiter {
  readonly company: string
  readonly passing: boolean | undefined
  give(lease: Lease): void
  refuse(error: unknown): void
}

interface WaitTerms {
  readonly company: string
  readonly passing: boolean | undefined
  readonly signal: AbortSignal | undefined
  readonly waitMs: number
  /** What it is told when it has waited that long. */
  tooLong(): DbsvcError
  /** It gave up. */
  leave(waiter: Waiter): void
}

/** Makes a waiter and the promise it keeps. Its clock starts with `start`, which need not be called if it was given one at once. */
export function createWaiter({ company, passing, signal, waitMs, tooLong, leave }: WaitTerms): {
  readonly waiter: Waiter
  readonly lease: Promise<Lease>
  start(): void
} {
  const { promise, resolve, reject } = Promise.withResolvers<Lease>()
  let settled = false
  let clock: NodeJS.Timeout | undefined
  const settle = (): void => {
    settled = true
    clearTimeout(clock)
    signal?.removeEventListener('abort', abort)
  }
  const giveUp = (reason: unknown): void => {
    leave(waiter)
    waiter.refuse(reason)
  }
  const abort = (): void => giveUp(signal?.reason)
  const waiter: Waiter = {
    company,
    passing,
    give(lease) {
      settle()
      resolve(lease)
    },
    refuse(error) {
      settle()
      reject(error)
    },
  }
  return {
    waiter,
    lease: promise,
    start() {
      if (settled) return
      clock = setTimeout(() => giveUp(tooLong()), waitMs)
      signal?.addEventListener('abort', abort, { once: true })
    },
  }
}
