import type { AppliedMigration } from '../core/migration/file.ts'
import type { Scope } from '../core/migration/scope.ts'

export type EngineName = 'postgres'

/** How an engine differs; the use-cases ask these and never its name. */
export interface EngineCapabilities {
  /** A migration and its ledger row commit together; without it the ledger keeps progress statement by statement. */
  readonly transactionalDdl: boolean
  /** Several companies can share one transaction, so one message rolls a migration out to all of them. */
  readonly batches: boolean
}

/** Which of a target's digests a batch starts from: a target found elsewhere makes the whole batch fail, untouched. */
export interface BatchOrigin {
  readonly scope: Scope
  /** `['']` for the one target of a scope that has no companies. */
  readonly companies: readonly string[]
  readonly history: string
  /** How many migrations that history holds. */
  readonly applied: number
}

/** Where a target stands: the version of its last migration, '' for none, and the digest of them all. */
export interface HistoryPoint {
  readonly version: string
  readonly history: string
}

/** One worker's connection to an engine; it applies one batch at a time. */
export interface EngineWorker<Compiled extends AppliedMigration> {
  /** Applies `migrations` to every target of the batch, all or nothing. @throws DBS-1501 and the errors of the engine */
  apply(origin: BatchOrigin, migrations: readonly Compiled[]): Promise<void>
  /** Undoes `migration`, the last one of the batch's history; `previous` is where that leaves the targets. */
  revert(origin: BatchOrigin, migration: Compiled, previous: HistoryPoint): Promise<void>
  close(): Promise<void>
}

/** A target, as people read it. */
export const targetName = (scope: Scope, company: string): string => (company === '' ? scope : company)
