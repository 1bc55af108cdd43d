import { DbsvcError } from '../../core/errors/error.ts'
import { targetName } from '../../engines/engine.ts'
import { passingFailure } from '../../engines/postgres/migration/passing.ts'
import { CompanyHooks } from './company-hooks.ts'
import { laneFor } from './lane.ts'
import { type RollOutProgress, type RollOutResult, rollOut, type TargetFailure } from './roll-out.ts'
import type { Run } from './run.ts'
import type { StepWork } from './step-work.ts'
import type { Crew } from './workers.ts'

/** A step over some targets. */
export interface Step extends StepWork {
  readonly targets: readonly string[]
  /** Which targets are still where the step begins; asked when another run has moved some. */
  readonly remaining?: () => Promise<readonly string[]>
  /** Whether so many failures of this step, on top of what failed before, end the run. */
  readonly stop?: (failures: number) => boolean
}

/** Takes a step, tells how it goes and records it. */
export async function takeStep(run: Run, crew: Crew, step: Step): Promise<RollOutResult> {
  const { migrations } = run.session.loaded.config
  const { direction, migration, targets, stop } = step
  const { scope, name } = migration
  run.onEvent({ type: 'step-started', direction, scope, migration: name, targets: targets.length })
  run.watch.watch(crew.workers)
  const started = performance.now()
  const tell = teller(run, step)
  const hooks = new CompanyHooks(run, step)
  const result = withBlockers(
    run,
    await rollOut(targets, {
      ...laneFor([migration], crew),
      signal: run.signal,
      work: hooks.work,
      passing: passingFailure,
      attempts: migrations.lockAttempts,
      busyMs: migrations.lockWaitMs,
      onProgress: tell,
      onBusy: ([target = '', ...others]) =>
        run.onEvent({ type: 'waiting', holder: describeBusy(targetName(scope, target), others.length) }),
      onRetry: ({ target, ...retry }) => run.onEvent({ type: 'retry', targets: [targetName(scope, target)], ...retry }),
      ...(step.remaining === undefined ? {} : { remaining: step.remaining }),
      ...(stop === undefined ? {} : { stop: ({ failures }) => stop(failures.length) }),
    }),
  )
  run.watch.watch([])
  const durationMs = Math.round(performance.now() - started)
  run.recorder.add(
    { direction, scope, migration: name, durationMs },
    { ...result, failures: [...result.failures, ...hooks.failures] },
  )
  return result
}

const describeBusy = (target: string, others: number): string =>
  `another run, which has ${target}${others === 0 ? '' : ` and ${others} more`} under way`

/** Tells progress, and each failure once. */
function teller(run: Run, { migration, targets }: Step): (progress: RollOutProgress) => void {
  let told = 0
  return ({ done, failures }) => {
    for (const { target, error } of failures.slice(told)) {
      run.onEvent({
        type: 'failure',
        target: targetName(migration.scope, target),
        migration: migration.name,
        code: error.code,
        reason: error.message,
      })
    }
    told = failures.length
    run.onEvent({ type: 'progress', done: done.length, failed: failures.length, targets: targets.length })
  }
}

/** Whoever was in the way when a lock was not granted is named; PostgreSQL does not say it. */
function withBlockers({ watch }: Run, result: RollOutResult): RollOutResult {
  const failures = result.failures.map((failure): TargetFailure => {
    const { target, error } = failure
    const blocker = error.code === 'DBS-1505' ? watch.blockerOf(target) : null
    if (blocker === null) return failure
    const details = error.details as { readonly target: string; readonly file: string }
    return { target, error: DbsvcError.of('DBS-1505', { ...details, blocker }, error.cause) }
  })
  return { ...result, failures }
}
