import type pg from 'pg'
import type { Connections } from './connections.ts'
import { failureOf, isCancellation } from './failure.ts'
import type { Wanted } from './lending.ts'
import type { KeyRing } from './open-key-ring.ts'
import { explainRefusal, isExpired, isOutdatedPlan, isUnknownKey } from './refusal.ts'
import type { Signer } from './signer.ts'
import type { BoundStatement } from './statement.ts'
import { type Conclusion, StatementGroup } from './statement-group.ts'
import type { ContextClaims } from './token.ts'

export interface Requester {
  readonly connections: Connections
  readonly keyRing: KeyRing
  readonly sign: Signer
  /** What statements are given beyond their tier's time before they are cancelled from here. */
  readonly graceMs: number
  /** Of the rows of one request, which are held in memory. */
  readonly resultBytes: number
}

export interface RequestOptions {
  /** How a connection is come by: `direct` is one that is free at once and warm for the company, `pool`, the default, any other. */
  readonly way?: Wanted['way'] | undefined
  /** Cancels the request, which then rejects with the signal's reason, unless it was done before. */
  readonly signal?: AbortSignal | undefined
  /** Of dbsvc's own: it does not keep a connection from being closed as unused. */
  readonly passing?: boolean | undefined
}

/**
 * Runs statements as one group and returns their results, or throws. A group that failed before it could do anything, for
 * a reason that a second look mends, is sent once more.
 */
export async function request(
  requester: Requester,
  claims: ContextClaims,
  statements: readonly BoundStatement[],
  { way = 'pool', signal, passing }: RequestOptions,
  conclude?: Conclusion,
): Promise<pg.QueryResult[]> {
  let group = await attempt(requester, claims, statements, { way, signal, passing }, conclude)
  if (await canMend(group, requester.keyRing)) {
    const unprepared = statements.map((statement) => ({ ...statement, prepare: false }))
    group = await attempt(requester, claims, unprepared, { way: 'pool', signal, passing }, conclude)
  }
  const { failure, results } = group
  if (failure === undefined) return results.slice(0, statements.length)
  if (signal?.aborted === true && isCancellation(failure)) throw signal.reason
  throw explainRefusal(failure, claims.company)
}

async function attempt(
  { connections, sign, graceMs, resultBytes }: Requester,
  claims: ContextClaims,
  statements: readonly BoundStatement[],
  { way, signal, passing }: Omit<Wanted, 'company'>,
  conclude: Conclusion | undefined,
): Promise<StatementGroup> {
  const { connection, end } = await connections.take({ company: claims.company, way, signal, passing })
  try {
    const token = sign(claims, connection)
    const room = { bytes: resultBytes, onExceeded: () => connection.interrupt() }
    const group = new StatementGroup(token, claims.company, statements, connection.prepared, room, conclude)
    const deadlineMs = claims.limits.statementTimeoutMs * statements.length + graceMs
    const outcome = await connection.run(group, { deadlineMs, cancelMs: connections.cancelMs, signal })
    group.failure = failureOf(outcome, group.failure, connection, connections.place)
    if (group.failure !== undefined && isExpired(group.failure)) connection.destroy('its clock is off')
    return group
  } finally {
    end()
  }
}

/** A key retired meanwhile, a clock that was set, a plan that a migration outdated: nothing was done, and the next attempt can. */
async function canMend({ failure, refusedAtDoor }: StatementGroup, keyRing: KeyRing): Promise<boolean> {
  if (failure === undefined) return false
  if (refusedAtDoor && isUnknownKey(failure)) {
    await keyRing.reload()
    return true
  }
  return (refusedAtDoor && isExpired(failure)) || isOutdatedPlan(failure)
}
