import type pg from 'pg'
import { type ConnectionsOptions, openConnections } from './connections.ts'
import { type Feed, feed } from './feed.ts'
import type { KeyRing } from './open-key-ring.ts'
import { type RequestOptions, request } from './request.ts'
import { createSigner } from './signer.ts'
import { bindStatement, type Statement } from './statement.ts'
import type { Conclusion } from './statement-group.ts'
import { stream } from './stream.ts'
import type { ContextClaims } from './token.ts'

export interface ContextPoolOptions extends ConnectionsOptions {
  readonly keyRing: KeyRing
  /** Life of a signed context, at most 60,000. */
  readonly ttlMs: number
  /** What statements are given beyond their tier's time before they are cancelled from here; 1,000. */
  readonly graceMs?: number
  /** Of the rows that a request is given as a whole; 67,108,864. */
  readonly resultBytes?: number
}

export type { RequestOptions } from './request.ts'

export interface BatchOptions extends RequestOptions {
  /**
   * Makes one more statement of the same transaction out of what the others returned, to run before it commits; its own result is left
   * out. What it throws rolls everything back.
   */
  readonly conclude?: Conclusion
}

export interface StreamOptions extends RequestOptions {
  /** Rows fetched at a time. */
  readonly pageSize: number
  /** Of more than so many characters no page is held in memory as a whole; 262,144. */
  readonly pageBytes?: number
  /** Called once, before the first row. */
  readonly onColumns?: (fields: readonly pg.FieldDef[]) => void
  /** How long the reader may take over one page before the stream is cut off (SQLSTATE 57014); 30,000. */
  readonly readerMs?: number
}

/**
 * The path of every read and write of a company. Each method signs the claims for the connection it gets, so that the statement
 * sees that company's rows and nobody else's.
 *
 * All throw DBS-2301 (no connection by this way, or all busy for too long), DBS-2302 (the company has its share), DBS-1101, DBS-1102 (credentials), DBS-1105 (connection lost: the statement was applied or not,
 * never half), DBS-1201, DBS-1203 and DBS-1206 (company), DBS-1601 (context refused), DBS-1604 (the statement disturbed its
 * connection), DBS-2413 (more rows than are held as a whole), and pg.DatabaseError for the errors of SQL.
 */
export interface ContextPool {
  /** One statement in one round trip, in a transaction of its own. */
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    claims: ContextClaims,
    statement: Statement,
    options?: RequestOptions,
  ): Promise<pg.QueryResult<Row>>
  /** All or nothing, in two round trips: one to run the statements, one to commit. */
  batch(claims: ContextClaims, statements: readonly Statement[], options?: BatchOptions): Promise<pg.QueryResult[]>
  /**
   * Rows one by one, fetched by the page, in a read-only transaction that lasts for the tier's statement timeout at most. Takes a
   * connection when the first row is asked for; leaving the loop early gives it back.
   */
  stream<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    claims: ContextClaims,
    statement: Statement,
    options: StreamOptions,
  ): AsyncGenerator<Row, void, undefined>
  /** Statements that become known one after the other, in one transaction: all or nothing. */
  feed<Result>(
    claims: ContextClaims,
    options: RequestOptions & { readonly longestMs: number },
    work: (feed: Feed) => Promise<Result>,
  ): Promise<Result>
  /** Likewise in pages, or parts of them; none is empty. */
  pages<Row = pg.QueryResultRow>(
    claims: ContextClaims,
    statement: Statement,
    options: StreamOptions,
  ): AsyncGenerator<Row[], void, undefined>
  /** Connections open, those of them unused, and requests that wait for one. */
  counts(): { readonly open: number; readonly idle: number; readonly waiting: number }
  /** Waits for the requests under way; new ones are refused. */
  close(): Promise<void>
}

/**
 * Opens a pool of connections as database_service_role; the first request makes the first connection.
 *
 * @example
 * const pool = openContextPool({ host, port, database, password, max: 20, keyRing: await openKeyRing(store, 'main'), ttlMs: 10_000 })
 * const { rows } = await pool.query(
 *   { company: 'company_abc', user: null, service: 'trading-engine', limits: config.tiers.pro, mode: 'read' },
 *   { text: 'select * from users where user_id = $1', values: ['u1'] },
 * )
 */
export function openContextPool(options: ContextPoolOptions): ContextPool {
  const { keyRing, database, ttlMs, graceMs = 1_000, resultBytes = 67_108_864 } = options
  const connections = openConnections(options)
  const requester = { connections, keyRing, sign: createSigner(keyRing, database, ttlMs), graceMs, resultBytes }
  const pages = (claims: ContextClaims, statement: Statement, options: StreamOptions) => {
    const { pageSize, pageBytes = 262_144, onColumns, readerMs = 30_000, way = 'pool', signal } = options
    const page = { rows: pageSize, bytes: pageBytes, onColumns }
    return stream(requester, { ...claims, mode: 'read' }, bindStatement(statement), { page, readerMs, way, signal })
  }
  return {
    async query<Row extends pg.QueryResultRow>(
      claims: ContextClaims,
      statement: Statement,
      options: RequestOptions = {},
    ) {
      const [result] = await request(requester, claims, [bindStatement(statement)], options)
      return result as pg.QueryResult<Row>
    },
    batch: async (claims, statements, { conclude, ...options } = {}) =>
      statements.length === 0 ? [] : request(requester, claims, statements.map(bindStatement), options, conclude),
    async *stream<Row extends pg.QueryResultRow>(claims: ContextClaims, statement: Statement, options: StreamOptions) {
      for await (const page of pages(claims, statement, options)) yield* page as Row[]
    },
    feed: (claims, options, work) => feed(requester, claims, options, work),
    pages: <Row>(claims: ContextClaims, statement: Statement, options: StreamOptions) =>
      pages(claims, statement, options) as AsyncGenerator<Row[], void, undefined>,
    counts: connections.counts,
    close: connections.close,
  }
}
