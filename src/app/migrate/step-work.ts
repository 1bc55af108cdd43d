import type { BatchOutcome } from '../../engines/engine.ts'
import type { CompiledMigration } from '../../engines/postgres/migration/compile.ts'
import type { PostgresWorker } from '../../engines/postgres/migration/worker.ts'

/** One migration, and which way it goes. */
export interface StepWork {
  readonly direction: 'up' | 'down'
  readonly migration: CompiledMigration
  /** Brings all of these over, or none of them. */
  readonly work: (worker: PostgresWorker, targets: readonly string[]) => Promise<BatchOutcome>
}
