import type pg from 'pg'
import { failureOf, isCancellation } from './failure.ts'
import type { Wanted } from './lending.ts'
import { explainRefusal } from './refusal.ts'
import type { Requester } from './request.ts'
import { type BoundStatement, sqlError } from './statement.ts'
import { type PageTerms, StreamGroup } from './stream-group.ts'
import type { ContextClaims } from './token.ts'

export interface StreamTerms {
  readonly page: PageTerms
  readonly readerMs: number
  readonly way: Wanted['way']
  readonly signal: AbortSignal | undefined
}

/** Runs one statement and yields its rows as they are asked for, in parts none of which is empty. */
export async function* stream(
  { connections, sign, graceMs }: Requester,
  claims: ContextClaims,
  statement: BoundStatement,
  { page: terms, readerMs, way, signal }: StreamTerms,
): AsyncGenerator<pg.QueryResultRow[], void, undefined> {
  const { connection, end } = await connections.take({ company: claims.company, way, signal })
  const reader = { late: false }
  // A reader that went away without a word never comes to `finally`, so the connection is given back here.
  const cutOff = (): void => {
    reader.late = true
    connection.destroy(`its reader took longer than ${readerMs} ms over a page`)
    end()
  }
  try {
    const group = new StreamGroup(sign(claims, connection), claims.company, statement, terms, connection.prepared)
    const deadlineMs = claims.limits.statementTimeoutMs + graceMs
    let page = group.pageCame()
    const finished = connection.run(group, { deadlineMs, cancelMs: connections.cancelMs, signal })
    try {
      for (;;) {
        await Promise.race([page, finished])
        if (group.failure !== undefined || connection.distrust !== undefined) break
        const patience = setTimeout(cutOff, readerMs)
        try {
          const rows = group.takeRows()
          if (rows.length > 0) yield rows
        } finally {
          clearTimeout(patience)
        }
        if (group.ended || connection.distrust !== undefined) break
        page = group.pageCame()
        group.nextPage()
      }
    } finally {
      group.end()
      const outcome = await finished
      group.failure = failureOf(outcome, group.failure, connection, connections.place)
    }
    if (reader.late) throw sqlError('57014', `the reader took longer than ${readerMs} ms over a page`)
    if (group.failure === undefined) return
    if (signal?.aborted === true && isCancellation(group.failure)) throw signal.reason
    throw explainRefusal(group.failure, claims.company)
  } finally {
    end()
  }
}
