import { Code, ConnectError } from '@connectrpc/connect'
import { ErrorDetailSchema } from '../contract/dbsvc/v1/error_pb.js'
import { failureOf } from '../failure.ts'

/** An error as a caller is told it, with an ErrorDetail. @param onFault is told what was not foreseen */
export function connectErrorOf(
  thrown: unknown,
  requestId: string,
  onFault: (error: unknown, requestId: string) => void,
): ConnectError {
  // Connectrpc's own is told by own-errors.ts.
  if (thrown instanceof ConnectError) return thrown
  if (thrown instanceof DOMException && thrown.name === 'AbortError') return new ConnectError('given up', Code.Canceled)
  const { status, retryAfterSeconds, error } = failureOf(thrown, requestId)
  if (status.rpc === Code.Internal) onFault(thrown, requestId)
  const { code, message, hint, details } = error.toJSON()
  const detail = {
    code,
    hint: hint ?? '',
    requestId,
    detailsJson: JSON.stringify(details),
    retryAfterSeconds: retryAfterSeconds ?? 0,
  }
  const metadata = retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }
  return new ConnectError(message, status.rpc, metadata, [{ desc: ErrorDetailSchema, value: detail }])
}
