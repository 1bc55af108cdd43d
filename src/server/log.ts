import { type Logger, pino } from 'pino'
import { reasonOf } from '../core/errors/error.ts'
import type { AuthenticationFailure } from './auth/failure-audit.ts'
import type { FailedAttempt } from './fallback/hierarchy.ts'

export type { Logger }

/** One JSON object a line, on stderr; many lines in one write, none held back for long. */
export const openLog = (level: string): Logger =>
  pino({ name: 'dbsvc', level }, pino.destination({ fd: 2, sync: false, minLength: 8_192, periodicFlush: 50 }))

export function logFailedAttempt(log: Logger, { requestId, ...attempt }: FailedAttempt): void {
  log.warn({ request_id: requestId, ...attempt }, 'database failure')
}

export function logAuthenticationFailure(log: Logger, { requestId, ...failure }: AuthenticationFailure): void {
  log.warn({ request_id: requestId, ...failure }, 'auth.failed')
}

/** Its other fields could hold values of rows. */
export function logFault(log: Logger, error: unknown, requestId: string): void {
  const stack = error instanceof Error ? error.stack : undefined
  log.error({ request_id: requestId, reason: reasonOf(error), stack }, 'fault')
}
