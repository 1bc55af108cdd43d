import type { IncomingHttpHeaders } from 'node:http'

/** What an answer says of an error, or what is known without one. */
export interface ErrorFacts {
  /** Such as DBS-2004; null where no answer came. */
  readonly code?: string | null
  /** A next step. */
  readonly hint?: string | null
  /** Names the request in the service's log. */
  readonly requestId?: string | null
  readonly details?: Readonly<Record<string, unknown>>
  /** Of HTTP; null where no answer came. */
  readonly status?: number | null
  /** When it is worth trying again. */
  readonly retryAfterMs?: number | null
  readonly cause?: unknown
}

/** The service refused a request, or could not be asked. */
export class DatabaseServiceError extends Error {
  readonly code: string | null
  readonly hint: string | null
  readonly requestId: string | null
  readonly details: Readonly<Record<string, unknown>>
  readonly status: number | null
  readonly retryAfterMs: number | null

  constructor(message: string, facts: ErrorFacts = {}) {
    const { code = null, cause } = facts
    super(code === null ? message : `${code}: ${message}`, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.code = code
    this.hint = facts.hint ?? null
    this.requestId = facts.requestId ?? null
    this.details = facts.details ?? {}
    this.status = facts.status ?? null
    this.retryAfterMs = facts.retryAfterMs ?? null
  }

  /** PostgreSQL's SQLSTATE, where the error is its own. */
  get sqlState(): string | null {
    const { sqlState } = this.details
    return typeof sqlState === 'string' ? sqlState : null
  }
}

/** 400: malformed, or a statement that is wrong. */
export class InvalidRequest extends DatabaseServiceError {}
/** 401: no key, or one that is not valid. */
export class AuthenticationFailed extends DatabaseServiceError {}
/** 403: beyond what the key, the company's state or the guard allows. */
export class Forbidden extends DatabaseServiceError {}
/** 404: no such company, entry or service. */
export class NotFound extends DatabaseServiceError {}
/** 409: in conflict with other data or a concurrent transaction. */
export class Conflict extends DatabaseServiceError {}
/** 429: too much of it for now; nothing was done. */
export class TooManyRequests extends DatabaseServiceError {}
/** 500: a fault of the service itself. */
export class ServiceFault extends DatabaseServiceError {}
/** 503: an engine cannot be reached. */
export class Unavailable extends DatabaseServiceError {}
/** DBS-2340: direct connection, connection pool and cached response have all failed. */
export class AllDatabasesFailed extends Unavailable {}
/** DBS-1105: it is unknown whether a write was done. */
export class OutcomeUnknown extends Unavailable {}
/** 504, or no answer in time; a write may have been done. */
export class DeadlineExceeded extends DatabaseServiceError {}

/** The service cannot be reached, or went away before it had answered. */
export class ConnectionFailed extends DatabaseServiceError {
  /** Whether anything of the request may have arrived. */
  readonly sent: boolean

  constructor(message: string, sent: boolean, cause: unknown) {
    super(message, { cause })
    this.sent = sent
  }
}

type ErrorKind = new (message: string, facts: ErrorFacts) => DatabaseServiceError

const byCode: Readonly<Record<string, ErrorKind>> = { 'DBS-1105': OutcomeUnknown, 'DBS-2340': AllDatabasesFailed }
const byStatus: Readonly<Record<number, ErrorKind>> = {
  401: AuthenticationFailed,
  403: Forbidden,
  404: NotFound,
  409: Conflict,
  429: TooManyRequests,
  500: ServiceFault,
  503: Unavailable,
  504: DeadlineExceeded,
}

export interface ErrorBody {
  readonly code?: string
  readonly message?: string
  readonly hint?: string | null
  readonly request_id?: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** An error that came within an answer. */
export const errorWithin = ({ code = '', message = '', hint, request_id, details }: ErrorBody): DatabaseServiceError =>
  new (byCode[code] ?? DatabaseServiceError)(message, {
    code,
    hint: hint ?? null,
    requestId: request_id ?? null,
    details: details ?? {},
  })

/** @param body of an answer with this status, which a proxy may have written */
export function errorOf(status: number, headers: IncomingHttpHeaders, body: unknown): DatabaseServiceError {
  const { code, message, hint, request_id, details }: ErrorBody =
    (body as { readonly error?: ErrorBody } | null | undefined)?.error ?? {}
  const Kind = byCode[code ?? ''] ?? byStatus[status] ?? (status < 500 ? InvalidRequest : Unavailable)
  const { 'retry-after': retryAfter, 'x-request-id': requestId } = headers
  return new Kind(message ?? `the service answered with status ${status}`, {
    code: code ?? null,
    hint: hint ?? null,
    requestId: request_id ?? (typeof requestId === 'string' ? requestId : null),
    details: details ?? {},
    status,
    retryAfterMs: retryAfter !== undefined && /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : null,
  })
}
