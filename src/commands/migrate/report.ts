import { type RunResult, throwFailures } from '../../app/migrate/run.ts'
import type { CommandContext } from '../command.ts'

/** Prints what a run did; failures are thrown after it, so that the exit status tells of them. */
export function printRun({ output }: CommandContext, shape: string, place: string, result: RunResult): void {
  const { runId, steps, skipped } = result
  const failures = result.failures.map(({ target, migration, error }) => ({ target, migration, ...error.toJSON() }))
  if (failures.length === 0) {
    output.result(shape, { place, runId, steps, failures, skipped }, () => [
      steps.length === 0 ? 'nothing to do' : `${steps.length} ${steps.length === 1 ? 'migration' : 'migrations'} done`,
    ])
  }
  throwFailures(result)
}
