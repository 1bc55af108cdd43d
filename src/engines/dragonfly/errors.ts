import { DbsvcError, reasonOf } from '../../core/errors/error.ts'

const engine = 'DragonflyDB'

// ioredis's errors carry the command that failed, passwords included: none of them becomes the cause of an error.

/** Why no connection came about: DBS-1102 where the server answered and wants other credentials, else DBS-1101. */
export function connectionError(error: unknown, place: string, user: string): DbsvcError {
  if (error instanceof DbsvcError) return error
  const reason = reasonOf(error)
  if (isCredentials(reason)) return DbsvcError.of('DBS-1102', { engine, place, user, reason })
  return DbsvcError.of('DBS-1101', { engine, place, reason })
}

/** What a command threw, as an error of the catalogue; what is no fault of server or connection as it is. */
export function operationError(error: unknown, place: string, user: string): unknown {
  if (error instanceof DbsvcError || !(error instanceof Error)) return error
  const reason = error.message
  if (isCredentials(reason)) return DbsvcError.of('DBS-1102', { engine, place, user, reason })
  if (isReply(error)) return DbsvcError.of('DBS-1107', { engine, place, reason })
  return isConnectionLoss(error) ? DbsvcError.of('DBS-1105', { place: `${engine} at ${place}`, reason }) : error
}

/** Whether the server answered, and refused. */
export const isReply = (error: unknown): error is Error => error instanceof Error && error.name === 'ReplyError'

export function isConnectionLoss(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException
  if (code !== undefined && /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)/.test(code)) return true
  return /^Connection is closed|^Command (timed out|aborted)|^Socket |^Stream isn't|^Reached the max retries|^Protocol error/.test(
    error.message,
  )
}

export const isCredentials = (reason: string): boolean => /^(WRONGPASS|NOAUTH)/.test(reason)
