import { type RunResult, throwFailures } from '../../app/migrate/run.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { ExitCode } from '../../core/exit-codes.ts'
import type { CommandContext } from '../command.ts'

/** Prints what a run did; failures are thrown after it, so that the exit status tells of them. @returns the exit code */
export function printRun(
  { output }: CommandContext,
  shape: string,
  place: string,
  result: RunResult,
): ExitCode | undefined {
  const { runId, outcome, steps, skipped, lastWave } = result
  const failures = result.failures.map(({ engine, target, migration, error }) => ({
    engine,
    target,
    migration,
    ...error.toJSON(),
  }))
  // Each wave has a step of its own, and so has each group of companies that began at another version.
  const migrations = new Set(steps.map(({ engine, scope, migration }) => `${engine} ${scope} ${migration}`)).size
  if (failures.length === 0) {
    output.result(shape, { place, runId, outcome, steps, failures, skipped, lastWave }, () => [
      steps.length === 0 ? 'nothing to do' : `${migrations} ${migrations === 1 ? 'migration' : 'migrations'} done`,
    ])
  }
  throwFailures(result)
  if (outcome === 'paused') {
    output.note(`paused${lastWave === null ? '' : ` after wave ${lastWave}`}; to go on: dbsvc migrate resume ${runId}`)
    return ExitCode.Pending
  }
  if (outcome === 'cancelled') throw DbsvcError.of('DBS-1507', { run: runId ?? '' })
  return undefined
}
