import pg from 'pg'
import { DbsvcError } from '../../core/errors/error.ts'
import { statusOf } from '../status.ts'
import type { ObservedRequest } from './observer.ts'

/** Whose fault a failure is: `refused` the caller's, `failed` the service's or an engine's. */
export function outcomeOf(error: unknown, signal: AbortSignal): Pick<ObservedRequest, 'outcome' | 'code'> {
  if (error instanceof DbsvcError) {
    const { http } = statusOf(error.code, error.exitCode)
    return { outcome: http >= 500 ? 'failed' : 'refused', code: error.code }
  }
  // The caller has gone away.
  if (signal.aborted) return { outcome: 'refused', code: null }
  if (error instanceof pg.DatabaseError) {
    // Resources, operators, the system and PostgreSQL itself: no statement asks for those.
    return { outcome: /^(08|53|57P|58|XX)/.test(error.code ?? '') ? 'failed' : 'refused', code: error.code ?? null }
  }
  return { outcome: 'failed', code: null }
}
