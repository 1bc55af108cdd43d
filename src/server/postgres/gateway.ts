import type { TableResult } from '../../core/routing/cells.ts'
import type { WireValue } from '../../engines/postgres/context/wire.ts'
import type { IdempotencyKey } from '../../engines/postgres/idempotency.ts'
import type { Verb } from '../auth/identity.ts'
import type { RequestContext } from '../context/request-context.ts'

export interface SqlStatement {
  readonly text: string
  readonly values: readonly WireValue[]
}

/** How a connection is come by: `direct` is one that is free at once and warm for the company, `pool` any other. */
export type Way = 'direct' | 'pool'

export interface RunOptions {
  readonly verb: Verb
  readonly way: Way
  /** Of the whole; the tier's statement timeout holds as well. */
  readonly timeoutMs?: number
  /** Tables that it writes, as the guard found them; all of the company's where it is left out. */
  readonly writes?: readonly string[]
  /** Does it once, and gives the recorded result to whoever asks again. */
  readonly idempotency?: IdempotencyKey
}

/** PostgreSQL, under the signed context of the request. */
export interface PostgresGateway {
  /**
   * @throws DBS-2301 no connection by this way, nothing was sent; DBS-1101 and DBS-1105 as ever; DBS-2302 the company's share is
   * used up; pg.DatabaseError for what SQL refuses; with an idempotency key DBS-2410 it was used with another request, DBS-2411 one
   * with it is under way, DBS-2412 there is too much to record
   */
  run(context: RequestContext, statement: SqlStatement, options: RunOptions): Promise<TableResult>
  /** All or nothing. */
  batch(
    context: RequestContext,
    statements: readonly SqlStatement[],
    options: RunOptions,
  ): Promise<readonly TableResult[]>
  /** Its plan, as EXPLAIN (FORMAT JSON, VERBOSE) prints it; not run. Throws as `run` does. */
  explain(context: RequestContext, statement: SqlStatement, options: RunOptions): Promise<string>
  /**
   * One transaction of the statements that `work` comes up with, one after the other; rolled back where it throws. With an idempotency
   * key that was used before, `work` is not done, and what it gave then, which is plain JSON, comes again.
   */
  feed<Result>(
    context: RequestContext,
    options: RunOptions,
    work: (run: (statement: SqlStatement) => Promise<TableResult>) => Promise<Result>,
  ): Promise<Fed<Result>>
  /** Rows as they are taken, in a transaction that lasts for the statement's time at most. Throws as `run` does, and so do the pages. */
  stream(context: RequestContext, statement: SqlStatement, options: RunOptions): Promise<TableStream>
}

export interface Fed<Result> {
  readonly result: Result
  /** Of an earlier request with the same idempotency key. */
  readonly replayed: boolean
}

export interface TableStream extends Pick<TableResult, 'columns'> {
  readonly pages: Pages
}

/** Rows by the page. Whoever stops before the end calls `return`, which ends the statement. */
export interface Pages {
  next(): Promise<IteratorResult<TableResult['rows'], void>>
  return(): Promise<unknown>
}
