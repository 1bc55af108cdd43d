import { type EngineName, inEngine, ledgerEngine } from '../core/engine.ts'
import type { AppliedMigration } from '../core/migration/file.ts'
import type { Scope } from '../core/migration/scope.ts'

/** Which of a target's digests a batch starts from: a target found elsewhere makes the whole batch fail, untouched. */
export interface BatchOrigin {
  readonly engine: EngineName
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

/**
 * Thrown for a batch in which another run has targets under way (`busy`), or has brought some elsewhere (`moved`). Nothing was
 * done, so the others can be tried again at once.
 */
export class TargetsTaken extends Error {
  readonly busy: readonly string[]
  readonly moved: readonly string[]

  constructor({ busy = [], moved = [] }: { readonly busy?: readonly string[]; readonly moved?: readonly string[] }) {
    super('taken by another run')
    this.busy = busy
    this.moved = moved
  }
}

/** A failure that may pass by itself. */
export interface PassingFailure {
  readonly reason: string
  /** The batch was too much for the server at once; a smaller one may do. */
  readonly tooMuch: boolean
}

/** What applying a batch took, where the engine counts it. */
export interface BatchOutcome {
  /** Entries of the server's lock table; null where they were not counted. */
  readonly locks: number | null
  /** How long it held them. */
  readonly durationMs: number
}

/** One worker's connection to an engine; it applies one batch at a time. */
export interface EngineWorker<Compiled extends AppliedMigration> {
  /** Applies `migrations` to every target of the batch, all or nothing. @throws TargetsTaken, DBS-1501 and the errors of the engine */
  apply(origin: BatchOrigin, migrations: readonly Compiled[]): Promise<BatchOutcome>
  /** Undoes `migration`, the last one of the batch's history; `previous` is where that leaves the targets. */
  revert(origin: BatchOrigin, migration: Compiled, previous: HistoryPoint): Promise<BatchOutcome>
  /** The session's process on a server that has locks to wait for, and since when it has been at work, by performance.now(). */
  readonly activity?: { readonly backendPid: number; readonly busySince: number | undefined }
  close(): Promise<void>
}

/** A target, as people read it: the engine is named where it is not PostgreSQL. */
export const targetName = (scope: Scope, company: string, engine: EngineName = ledgerEngine): string =>
  inEngine(company === '' ? scope : company, engine)
