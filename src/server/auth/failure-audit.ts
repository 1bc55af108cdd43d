import type { Queries } from '../../engines/postgres/lasting-client.ts'
import type { RefusalReason } from './credential.ts'

/** An attempt to be let in that failed. */
export interface AuthenticationFailure {
  readonly requestId: string
  /** Address, or network of IPv6 addresses. */
  readonly source: string
  readonly reason: RefusalReason
  /** Names the credential, where it is known. */
  readonly credential: string | null
}

/** Keeps failed attempts in dbsvc.authentication_failures. */
export interface FailureAudit {
  record(failure: AuthenticationFailure): void
  /** Writes what is not yet written. */
  close(): Promise<void>
}

interface Row {
  readonly minute: Date
  readonly source: string
  readonly reason: string
  readonly credential: string
  attempts: number
  requestId: string
}

const flushMs = 2_000
// Different ones of a minute; what comes beyond is one row together.
const mostOfMinute = 64
// While PostgreSQL cannot be reached.
const mostWaiting = 2_000
const cleanEveryMs = 3_600_000

/**
 * Counts alike attempts of a minute in one row, so that no flood of them becomes one of writes.
 * @param tell is told of the first of each row
 */
export function openFailureAudit(
  client: Queries,
  keepDays: number,
  tell: (failure: AuthenticationFailure) => void,
): FailureAudit {
  let waiting = new Map<string, Row>()
  const ofMinute = new Set<string>()
  let minute = 0
  let cleanedAt = Number.NEGATIVE_INFINITY
  let flushing: Promise<void> = Promise.resolve()

  const rowOf = ({ source, reason, credential }: Omit<AuthenticationFailure, 'requestId'>): Row => ({
    minute: new Date(minute * 60_000),
    source,
    reason,
    credential: credential ?? '',
    attempts: 0,
    requestId: '',
  })
  const keyOf = (row: Row): string => [row.minute.getTime(), row.source, row.reason, row.credential].join(' ')

  const flush = async (): Promise<void> => {
    if (waiting.size === 0) return
    const rows = [...waiting.values()]
    waiting = new Map()
    try {
      await write(client, rows)
      if (performance.now() - cleanedAt < cleanEveryMs) return
      cleanedAt = performance.now()
      await client.query('select dbsvc.forget_authentication_failures($1)', [keepDays])
    } catch {
      for (const row of rows) {
        const newer = waiting.get(keyOf(row))
        if (newer !== undefined) newer.attempts += row.attempts
        else if (waiting.size < mostWaiting) waiting.set(keyOf(row), row)
      }
    }
  }
  const timer = setInterval(() => {
    flushing = flushing.then(flush)
  }, flushMs).unref()

  return {
    record(failure) {
      const now = Math.floor(Date.now() / 60_000)
      if (now !== minute) {
        minute = now
        ofMinute.clear()
      }
      let row = rowOf(failure)
      if (!ofMinute.has(keyOf(row))) {
        if (ofMinute.size >= mostOfMinute) row = rowOf({ source: 'others', reason: failure.reason, credential: null })
        if (!ofMinute.has(keyOf(row))) tell({ ...failure, source: row.source })
        ofMinute.add(keyOf(row))
      }
      row = waiting.get(keyOf(row)) ?? row
      row.attempts += 1
      row.requestId = failure.requestId
      if (waiting.size < mostWaiting) waiting.set(keyOf(row), row)
    },
    async close() {
      clearInterval(timer)
      await flushing
      await flush()
    },
  }
}

async function write(client: Queries, rows: readonly Row[]): Promise<void> {
  await client.query('select dbsvc.record_authentication_failures($1, $2, $3, $4, $5, $6)', [
    rows.map((row) => row.minute),
    rows.map((row) => row.source),
    rows.map((row) => row.reason),
    rows.map((row) => row.credential),
    rows.map((row) => row.attempts),
    rows.map((row) => row.requestId),
  ])
}
