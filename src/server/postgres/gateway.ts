import type { TableResult } from '../../core/routing/cells.ts'
import type { WireValue } from '../../engines/postgres/context/wire.ts'
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
}

/** PostgreSQL, under the signed context of the request. */
export interface PostgresGateway {
  /**
   * @throws DBS-2301 no connection by this way, nothing was sent; DBS-1101 and DBS-1105 as ever; DBS-2302 the company's share is
   * used up; pg.DatabaseError for what SQL refuses
   */
  run(context: RequestContext, statement: SqlStatement, options: RunOptions): Promise<TableResult>
  /** All or nothing. */
  batch(
    context: RequestContext,
    statements: readonly SqlStatement[],
    options: RunOptions,
  ): Promise<readonly TableResult[]>
  /** Pages of rows, as they are taken. */
  stream(context: RequestContext, statement: SqlStatement, options: RunOptions): Promise<TableStream>
}

export interface TableStream extends Pick<TableResult, 'columns'> {
  readonly pages: AsyncIterable<TableResult['rows']>
}
