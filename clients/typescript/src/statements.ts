import { encodeAll, type Parameters } from './parameters.ts'

export type Database = 'postgresql' | 'clickhouse' | 'dragonflydb' | 'weaviate' | 'arangodb'
export type Category = 'A' | 'B' | 'C' | 'D'

export interface CallOptions {
  /** For the operation with all of its attempts, and for the statement in the database. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface StatementOptions extends CallOptions {
  readonly database?: Database
  readonly category?: Category
}

export interface QueryOptions extends StatementOptions {
  /** `on` takes a response that is at most `maxAgeMs` old; left out, the service's configuration tells. */
  readonly cache?: 'on' | 'off'
  readonly maxAgeMs?: number
}

export interface WriteOptions extends StatementOptions {
  /** The same write is done once, however often it is sent. */
  readonly idempotencyKey?: string
}

/** The message of query, execute and explain. */
export const statementMessage = (
  sql: string,
  params: Parameters,
  { database, category, timeoutMs, cache, maxAgeMs }: QueryOptions,
): object => ({
  sql,
  params: encodeAll(params),
  ...(database === undefined ? {} : { database }),
  ...(category === undefined ? {} : { category }),
  ...(timeoutMs === undefined ? {} : { timeout_ms: timeoutMs }),
  ...(cache === undefined && maxAgeMs === undefined ? {} : { cache: { mode: cache ?? 'on', ttl_ms: maxAgeMs ?? 0 } }),
})
