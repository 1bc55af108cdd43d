import { DbsvcError, reasonOf } from '../../core/errors/error.ts'

const engine = 'Weaviate'

/** Errors of gRPC: UNAVAILABLE, DEADLINE_EXCEEDED and CANCELLED say that nobody answered. */
const lostOnGrpc = /\b(UNAVAILABLE|DEADLINE_EXCEEDED|CANCELLED|unavailable)\b|timed out/

/**
 * What the client library threw, as an error of the catalogue: DBS-1105 for a server that is gone or too slow, DBS-1102 for one that
 * refuses the key, DBS-1107 for everything else that it answers.
 */
export function failureOf(error: unknown, place: string): DbsvcError {
  if (error instanceof DbsvcError) return error
  const reason = answerOf(error)
  if (isRefusedKey(error)) return DbsvcError.of('DBS-1102', { engine, place, user: 'with this API key', reason }, error)
  if (isLoss(error)) return DbsvcError.of('DBS-1105', { place: `${engine} at ${place}`, reason }, error)
  return DbsvcError.of('DBS-1107', { engine, place, reason }, error)
}

/** The same while connecting, where a server that does not answer is one that cannot be reached. */
export function connectionFailure(error: unknown, place: string): DbsvcError {
  const failure = failureOf(error, place)
  if (failure.code !== 'DBS-1105' && !(error instanceof SyntaxError)) return failure
  const reason = error instanceof SyntaxError ? 'what answers there is not Weaviate' : answerOf(error)
  return DbsvcError.of('DBS-1101', { engine, place, reason }, error)
}

export const refusal = (place: string, reason: string): DbsvcError =>
  DbsvcError.of('DBS-1107', { engine, place, reason })

/** Whether the server answered with this status. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): boolean {
  return (
    error instanceof Error && 'code' in error && statuses.includes(Number(error.code)) && isNamed(error, 'Weaviate')
  )
}

/** The server's own words without the library's frame around them, or the system's where nothing answered. */
function answerOf(error: unknown): string {
  if (error instanceof Error && error.message === 'fetch failed') return reasonOf(error.cause ?? error)
  const reason = reasonOf(error)
  const json = /\{.*\}$/s.exec(reason)?.[0]
  if (json === undefined) return reason
  try {
    const body = JSON.parse(json) as { error?: readonly { message?: unknown }[] | string; message?: unknown }
    if (Array.isArray(body.error)) return body.error.map(({ message }) => String(message)).join('; ')
    return String(body.message ?? body.error ?? reason)
  } catch {
    return reason
  }
}

const isNamed = (error: Error, start: string): boolean => error.constructor.name.startsWith(start)

function isRefusedKey(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (
    /^Weaviate(Unauthenticated|InsufficientPermissions)Error$/.test(error.constructor.name) ||
    /\b(UNAUTHENTICATED|PERMISSION_DENIED)\b/.test(error.message)
  )
}

function isLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error.name === 'TimeoutError' || error.message === 'fetch failed' || error.message === 'terminated') return true
  if (/^Weaviate(RequestTimeout|GRPCUnavailable)Error$/.test(error.constructor.name)) return true
  // 502 to 504 come from what stands in front of a server that is gone.
  return lostOnGrpc.test(error.message) || hasStatus(error, 502, 503, 504)
}
