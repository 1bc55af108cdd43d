import pg from 'pg'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import type { ContextConnection, Outcome } from './connection.ts'

/** What an exchange failed with, if it did: its own error, or what became of the connection under it. */
export function failureOf(
  outcome: Outcome,
  failure: Error | undefined,
  connection: ContextConnection,
  place: string,
): Error | undefined {
  if (failure instanceof DbsvcError) return failure
  const reason = connection.distrust ?? 'no reason given'
  if (outcome === 'transaction') return DbsvcError.of('DBS-1604', { reason }, failure)
  // The server says why it ends a session, such as a shutdown, before it does so.
  if (outcome === 'lost') return DbsvcError.of('DBS-1105', { place, reason: failure?.message ?? reason }, failure)
  return failure
}

/** Why there is no connection to work with. */
export function connectFailure(error: unknown, place: string): DbsvcError {
  const reason = reasonOf(error)
  // pg reports a password that is missing or not understood as a plain Error.
  const refused =
    error instanceof pg.DatabaseError ? /^(28|3D|42501)/.test(error.code ?? '') : /SASL|password/i.test(reason)
  return refused
    ? DbsvcError.of('DBS-1102', { engine: 'PostgreSQL', place, user: 'database_service_role', reason }, error)
    : DbsvcError.of('DBS-1101', { engine: 'PostgreSQL', place, reason }, error)
}

/** Whether a request failed because it was cancelled, obediently or by losing its connection. */
export const isCancellation = (failure: Error): boolean =>
  failure instanceof DbsvcError
    ? failure.code === 'DBS-1105'
    : failure instanceof pg.DatabaseError && failure.code === '57014'
