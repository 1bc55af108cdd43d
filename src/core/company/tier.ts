/** What a company has subscribed to. */
export type TierName = 'free' | 'pro' | 'enterprise'

/** What one statement of a company may cost in PostgreSQL. */
export interface StatementLimits {
  /** Holds for queries of ClickHouse and ArangoDB too. */
  readonly statementTimeoutMs: number
  readonly lockTimeoutMs: number
  readonly workMemKb: number
  readonly parallelWorkers: number
}

/** What a LOGIN role of a company is held to. */
export interface LoginLimits extends StatementLimits {
  /** Sessions at the same time. */
  readonly loginConnections: number
  /** Temporary files of one session, in kB. */
  readonly tempFileKb: number
}

/** What a company may use; the engine that can enforces it, dbsvc checks the rest. */
export interface TierLimits extends LoginLimits {
  /** Memory of one query in ClickHouse and ArangoDB, in kB. */
  readonly queryMemoryKb: number
  /** In ClickHouse. */
  readonly queriesPerHour: number
  /** In DragonflyDB. */
  readonly cacheKeys: number
  /** In Weaviate. */
  readonly vectorObjects: number
}
