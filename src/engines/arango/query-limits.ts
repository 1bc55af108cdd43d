import type { TierLimits } from '../../core/company/tier.ts'

/** Members of the body of `POST /_api/cursor`, beside `query` and `bindVars`. */
export interface QueryLimits {
  /** Bytes; a query that needs more is ended with error 32. */
  readonly memoryLimit: number
  readonly options: {
    /** Seconds; a query that takes longer is ended with error 1500. */
    readonly maxRuntime: number
  }
}

/**
 * What has to go along with each query of a company. ArangoDB keeps no limits for a user: a query that is sent without these has
 * the server's own (`--query.memory-limit`, `--query.max-runtime`), so they hold only for what goes through dbsvc.
 */
export function queryLimits({
  queryMemoryKb,
  statementTimeoutMs,
}: Pick<TierLimits, 'queryMemoryKb' | 'statementTimeoutMs'>): QueryLimits {
  return { memoryLimit: queryMemoryKb * 1024, options: { maxRuntime: statementTimeoutMs / 1000 } }
}
