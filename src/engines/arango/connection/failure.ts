import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'

export const title = 'ArangoDB'

/**
 * What a server says when it refuses a request: the cause of the DBS error. The driver's own error is not kept, because it
 * carries the request with its password.
 */
export class ArangoRefusal extends Error {
  /** Of HTTP. */
  readonly status: number
  /** Of ArangoDB's table of errors; the status again where the server named none. */
  readonly errorNum: number

  constructor(status: number, errorNum: number, message: string) {
    super(message)
    this.name = 'ArangoRefusal'
    this.status = status
    this.errorNum = errorNum
  }
}

/** What the driver throws, by its members: its classes are loaded only once there is a connection. */
interface DriverError extends Error {
  readonly errorNum?: number
  readonly code?: number | string
}

/** The refusal behind an error of the catalogue, or undefined where there is none. */
export function refusalBehind(error: unknown): ArangoRefusal | undefined {
  return error instanceof DbsvcError && error.cause instanceof ArangoRefusal ? error.cause : undefined
}

/** Whether the server refused with one of these numbers. */
export function isRefusal(error: unknown, ...errorNums: readonly number[]): boolean {
  const refusal = refusalBehind(error)
  return refusal !== undefined && errorNums.includes(refusal.errorNum)
}

/** What the driver threw for one request, as an error of the catalogue; what is dbsvc's own mistake as it is. */
export function failureOf(thrown: unknown, place: string, user: string): unknown {
  if (!(thrown instanceof Error) || thrown instanceof DbsvcError) return thrown
  const { errorNum, code } = thrown as DriverError
  if (typeof errorNum === 'number') {
    return refused(new ArangoRefusal(typeof code === 'number' ? code : 0, errorNum, thrown.message), place, user)
  }
  if (thrown.name === 'HttpError' && typeof code === 'number') {
    return refused(new ArangoRefusal(code, code, `HTTP status ${code}`), place, user)
  }
  if (thrown instanceof SyntaxError) return garbled(place, thrown.message)
  const reason = innermostReason(thrown)
  if (/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/.test(reason)) {
    return DbsvcError.of('DBS-1101', { engine: title, place, reason })
  }
  // What is cut off in the middle of an answer is a TypeError of fetch, everything before it one of the driver's.
  if (/NetworkError|FetchFailedError|ResponseTimeoutError|RequestAbortedError|TypeError/.test(thrown.name)) {
    return lost(place, reason)
  }
  return thrown
}

/** For a request of which nobody knows what came. */
export const lost = (place: string, reason: string): DbsvcError =>
  DbsvcError.of('DBS-1105', { place: `${title} at ${place}`, reason })

/** For an answer that is none of ArangoDB's. */
export function garbled(place: string, reason: string): DbsvcError {
  return DbsvcError.of('DBS-1107', { engine: title, place, reason: `its answer cannot be read: ${reason}` })
}

/** For what the server would do and dbsvc must not. */
export function refusedBecause(place: string, reason: string): DbsvcError {
  return DbsvcError.of('DBS-1107', { engine: title, place, reason })
}

function refused(refusal: ArangoRefusal, place: string, user: string): DbsvcError {
  const { status, errorNum, message } = refusal
  if (status === 401) return DbsvcError.of('DBS-1102', { engine: title, place, user, reason: message }, refusal)
  return DbsvcError.of('DBS-1107', { engine: title, place, reason: `${message} (${errorNum})` }, refusal)
}

/** fetch says `fetch failed` and keeps what happened in the cause, several levels down. */
function innermostReason(error: Error): string {
  const { cause } = error
  if (cause instanceof AggregateError) return reasonOf(new AggregateError(cause.errors))
  if (cause instanceof Error) return innermostReason(cause)
  const code = (error as DriverError).code
  return typeof code === 'string' && !error.message.includes(code) ? `${error.message} (${code})` : error.message
}
