import type pg from 'pg'
import { failureOf, isCancellation } from './failure.ts'
import { FeedGroup } from './feed-group.ts'
import { explainRefusal } from './refusal.ts'
import type { Requester, RequestOptions } from './request.ts'
import { bindStatement, type Statement } from './statement.ts'
import type { ContextClaims } from './token.ts'

/** A transaction under way. */
export interface Feed {
  /** One at a time. Throws pg.DatabaseError, after which nothing more can be run. */
  run(statement: Statement): Promise<pg.QueryResult>
}

/**
 * Gives the statements that `work` comes up with to one transaction, which is committed when it is through, and rolled back when it throws.
 * Each statement has the tier's time; between two of them the server waits no longer than that either.
 * @param longestMs the whole may take no longer
 */
export async function feed<Result>(
  { connections, sign }: Requester,
  claims: ContextClaims,
  { way = 'pool', signal, longestMs }: RequestOptions & { readonly longestMs: number },
  work: (feed: Feed) => Promise<Result>,
): Promise<Result> {
  const { connection, end } = await connections.take({ company: claims.company, way, signal })
  try {
    const group = new FeedGroup(sign(claims, connection), claims.company, connection.prepared)
    const finished = connection.run(group, { deadlineMs: longestMs, cancelMs: connections.cancelMs, signal })
    // A connection that is lost answers nothing any more.
    const lost = finished.then(() => Promise.reject(group.failure ?? new Error('the connection ended')))
    lost.catch(() => {})
    let done: { readonly result: Result } | { readonly thrown: unknown }
    try {
      const run = (statement: Statement) => Promise.race([group.run(bindStatement(statement)), lost])
      done = { result: await work({ run }) }
      // Who has gone away half-way may seem to have come to an end.
      signal?.throwIfAborted()
      group.commit()
    } catch (thrown) {
      done = { thrown }
      if (group.failure === undefined) group.abandon()
    }
    const ownFault = 'thrown' in done && group.failure === undefined && connection.distrust === undefined
    const outcome = await finished
    if (ownFault && 'thrown' in done) throw done.thrown
    const failure = failureOf(outcome, group.failure, connection, connections.place)
    if (failure === undefined) {
      if ('thrown' in done) throw done.thrown
      return done.result
    }
    if (signal?.aborted === true && isCancellation(failure)) throw signal.reason
    throw explainRefusal(failure, claims.company)
  } finally {
    end()
  }
}
