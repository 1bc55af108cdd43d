import { Code } from '@connectrpc/connect'
import pg from 'pg'
import { DbsvcError } from '../core/errors/error.ts'
import { type Status, statusOf } from './status.ts'
import { toldOf } from './told.ts'

/** An error as a caller is told it: nothing of another's data, and nothing of what is inside. */
export interface Failure {
  readonly status: Status
  readonly retryAfterSeconds: number | null
  readonly error: DbsvcError
}

export function failureOf(thrown: unknown, requestId: string): Failure {
  if (thrown instanceof DbsvcError) return failure(statusOf(thrown.code, thrown.exitCode), toldOf(thrown))
  if (thrown instanceof pg.DatabaseError) return ofDatabase(thrown, requestId)
  return fault(thrown, requestId)
}

function failure(status: Status, error: DbsvcError): Failure {
  const { retryAfterSeconds = null } = error.details as { readonly retryAfterSeconds?: number }
  return { status, retryAfterSeconds, error }
}

const fault = (thrown: unknown, requestId: string): Failure =>
  failure({ http: 500, rpc: Code.Internal }, DbsvcError.of('DBS-2005', { requestId }, thrown))

// Classes of SQLSTATE, and single codes before them. Source: PostgreSQL's appendix of error codes.
const bySqlState: readonly (readonly [RegExp, Status])[] = [
  [/^57014/, { http: 504, rpc: Code.DeadlineExceeded }],
  [/^42501/, { http: 403, rpc: Code.PermissionDenied }],
  [/^23505/, { http: 409, rpc: Code.AlreadyExists }],
  [/^23/, { http: 409, rpc: Code.FailedPrecondition }],
  [/^(40|55)/, { http: 409, rpc: Code.Aborted }],
  // Of too few parameters or too many.
  [/^08P01/, { http: 400, rpc: Code.InvalidArgument }],
  [/^(08|53|57|58)/, { http: 503, rpc: Code.Unavailable }],
]

function ofDatabase(thrown: pg.DatabaseError, requestId: string): Failure {
  const sqlState = thrown.code ?? ''
  if (sqlState.startsWith('XX')) return fault(thrown, requestId)
  const status = bySqlState.find(([states]) => states.test(sqlState))?.[1] ?? { http: 400, rpc: Code.InvalidArgument }
  // What a server says that cannot go on is of the server, not of the statement.
  const reason = status.http === 503 ? 'it cannot go on for now' : (ofParameters(thrown) ?? thrown.message)
  return failure(status, DbsvcError.of('DBS-2004', { sqlState, reason }, thrown))
}

/** PostgreSQL names a prepared statement that the caller knows nothing of. */
function ofParameters({ code, message }: pg.DatabaseError): string | null {
  const [, sent, wanted] = (code === '08P01' && /supplies (\d+) parameters.* requires (\d+)/.exec(message)) || []
  return sent === undefined ? null : `it has ${wanted} parameters, and ${sent} were sent`
}
