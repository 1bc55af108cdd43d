import { DbsvcError } from '../../core/errors/error.ts'
import type { TableResult } from '../../core/routing/cells.ts'
import type { ContextPool, RequestOptions } from '../../engines/postgres/context/pool.ts'
import type { Statement } from '../../engines/postgres/context/statement.ts'
import type { ContextClaims } from '../../engines/postgres/context/token.ts'
import {
  claimKey,
  type IdempotencyKey,
  keyRefusal,
  recordedResponse,
  recordResponse,
} from '../../engines/postgres/idempotency.ts'
import { tableOf } from './table.ts'

export interface OnceTerms {
  /** How long a key is known, in milliseconds. */
  readonly keepMs: number
  /** Of a response that can be recorded. */
  readonly longestResponse: number
}

/**
 * Runs statements in one transaction together with the record of what they return, unless the key has one already: then that is what
 * they return, and nothing is done.
 * @throws DBS-2410 the key was used with another request, DBS-2411 one with it is under way, DBS-2412 there is too much to record
 */
export async function once(
  pool: ContextPool,
  claims: ContextClaims,
  statements: readonly Statement[],
  idempotency: IdempotencyKey,
  { keepMs, longestResponse, way, signal }: OnceTerms & RequestOptions,
): Promise<readonly TableResult[]> {
  try {
    const [, ...results] = await pool.batch(claims, [claimKey(idempotency, keepMs), ...statements], {
      way,
      signal,
      conclude([, ...done]) {
        const response = JSON.stringify(done.map(tableOf))
        if (response.length > longestResponse) throw DbsvcError.of('DBS-2412', { characters: longestResponse })
        return recordResponse(idempotency, response)
      },
    })
    return results.map(tableOf)
  } catch (error) {
    const recorded = await recordedBefore(pool, claims, idempotency, error, { way, signal })
    return (JSON.parse(recorded) as TableResult[]).map((table) => ({ ...table, replayed: true }))
  }
}

/**
 * What the same request was answered before, where that is why it failed.
 * @throws DBS-2410, DBS-2411, and any other error as it is
 */
export async function recordedBefore(
  pool: ContextPool,
  claims: ContextClaims,
  idempotency: IdempotencyKey,
  error: unknown,
  options: RequestOptions,
): Promise<string> {
  const refusal = keyRefusal(error)
  if (refusal === null) throw error
  if (refusal === 'other') throw DbsvcError.of('DBS-2410', {}, error)
  if (refusal === 'busy') throw DbsvcError.of('DBS-2411', { retryAfterSeconds: 1 }, error)
  const { rows } = await pool.query({ ...claims, mode: 'read' }, recordedResponse(idempotency), options)
  const [recorded] = (rows[0] ?? []) as unknown as readonly (string | null)[]
  // It expired between the two.
  if (recorded === null || recorded === undefined) throw DbsvcError.of('DBS-2411', { retryAfterSeconds: 1 })
  return recorded
}
