import type { CompiledMigration } from '../../engines/postgres/migration/compile.ts'
import type { PostgresWorker } from '../../engines/postgres/migration/worker.ts'
import type { Session } from '../session.ts'
import { laneFor } from './lane.ts'
import { rollOut } from './roll-out.ts'
import type { RunOptions, RunRecorder } from './run.ts'

/** One migration to take over some targets, one way or the other. */
export interface Step {
  readonly direction: 'up' | 'down'
  readonly migration: CompiledMigration
  readonly targets: readonly string[]
  /** Brings all of these over, or none of them. */
  readonly work: (worker: PostgresWorker, targets: readonly string[]) => Promise<void>
}

/** Takes a step and records it. @returns the targets that were brought over, by name; the others take no further part */
export async function takeStep(
  session: Session,
  workers: readonly PostgresWorker[],
  { direction, migration, targets, work }: Step,
  options: RunOptions,
  recorder: RunRecorder,
): Promise<readonly string[]> {
  const started = performance.now()
  const result = await rollOut(targets, {
    ...laneFor([migration], { workers, batchSize: session.loaded.config.migrations.batchSize }),
    signal: options.signal,
    work,
  })
  const durationMs = Math.round(performance.now() - started)
  recorder.add({ direction, scope: migration.scope, migration: migration.name, durationMs }, result)
  return [...result.done].sort()
}
