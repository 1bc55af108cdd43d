import type { MigrationFile } from '../../core/migration/file.ts'
import type { BatchOutcome } from '../../engines/engine.ts'
import type { AnyWorker } from './drivers/driver.ts'

/** One migration, and which way it goes. */
export interface StepWork {
  readonly direction: 'up' | 'down'
  readonly migration: MigrationFile
  /** Brings all of these over, or none of them. */
  readonly work: (worker: AnyWorker, targets: readonly string[]) => Promise<BatchOutcome>
}
