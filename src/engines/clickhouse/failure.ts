import { DbsvcError, reasonOf } from '../../core/errors/error.ts'

/** The number of ClickHouse's own error; null for a failure that is not the server's answer. */
export function codeOf(thrown: unknown): number | null {
  const { code, type } = thrown as { code?: unknown; type?: unknown }
  return typeof code === 'string' && /^\d+$/.test(code) && type !== undefined ? Number(code) : null
}

/** ClickHouse's own numbers of errors. */
export const code = {
  unknownUser: 192,
  wrongPassword: 193,
  passwordRequired: 194,
  unknownAccessEntity: 511,
  authenticationFailed: 516,
} as const

const wrongCredentials: readonly number[] = [
  code.unknownUser,
  code.wrongPassword,
  code.passwordRequired,
  code.authenticationFailed,
]

const unreachable = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'])

interface Where {
  readonly place: string
  readonly user: string
}

/** Says in dbsvc's words what the client has thrown: DBS-1101, DBS-1102, DBS-1105 or DBS-1107. */
export function failureOf(thrown: unknown, { place, user }: Where): DbsvcError {
  if (thrown instanceof DbsvcError) return thrown
  const engine = 'ClickHouse'
  const reason = withoutSecrets(reasonOf(thrown))
  const number = codeOf(thrown)
  if (number !== null && wrongCredentials.includes(number)) {
    return DbsvcError.of('DBS-1102', { engine, place, user, reason: 'wrong user or password' }, thrown)
  }
  if (number !== null) return DbsvcError.of('DBS-1107', { engine, place, reason: `${reason} (code ${number})` }, thrown)
  if (unreachable.has(systemCodeOf(thrown))) return DbsvcError.of('DBS-1101', { engine, place, reason }, thrown)
  return DbsvcError.of('DBS-1105', { place: `${engine} at ${place}`, reason }, thrown)
}

function systemCodeOf(thrown: unknown): string {
  if (thrown instanceof AggregateError) return systemCodeOf(thrown.errors[0])
  const { code: own, cause } = thrown as { code?: unknown; cause?: unknown }
  if (typeof own === 'string') return own
  return cause instanceof Error ? systemCodeOf(cause) : ''
}

/** The server repeats the statement it could not read, and a user's statement holds the hash of a password. */
const withoutSecrets = (text: string): string => text.replaceAll(/\b(BY|SALT)\s+'[^']*'?/gi, "$1 '…'").slice(0, 2_000)
