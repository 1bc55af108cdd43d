import { DbsvcError } from '../../core/errors/error.ts'
import { targetName } from '../../engines/engine.ts'
import { CompanyHooks } from './company-hooks.ts'
import type { AnyWorker, MigrationDriver } from './drivers/driver.ts'
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
export async function takeStep(
  run: Run,
  driver: MigrationDriver,
  crew: Crew<AnyWorker>,
  step: Step,
): Promise<RollOutResult> {
  const { migrations } = run.session.loaded.config
  const { direction, migration, targets, stop } = step
  const { engine } = driver
  const { scope, name } = migration
  run.onEvent({ type: 'step-started', engine, direction, scope, migration: name, targets: targets.length })
  run.watch.watch(crew.workers)
  const started = performance.now()
  const nameOf = (target: string): string => targetName(scope, target, engine)
  const tell = teller(run, step, nameOf)
  const hooks = new CompanyHooks(run, step)
  const result = withBlockers(
    run,
    await rollOut(targets, {
      ...driver.narrow(migration, crew),
      signal: run.signal,
      work: hooks.work,
      passing: driver.passing,
      attempts: migrations.lockAttempts,
      busyMs: migrations.lockWaitMs,
      onProgress: tell,
      onBusy: ([target = '', ...others]) =>
        run.onEvent({ type: 'waiting', holder: describeBusy(nameOf(target), others.length) }),
      onRetry: ({ target, ...retry }) => run.onEvent({ type: 'retry', targets: [nameOf(target)], ...retry }),
      ...(step.remaining === undefined ? {} : { remaining: step.remaining }),
      ...(stop === undefined ? {} : { stop: ({ failures }) => stop(failures.length) }),
    }),
  )
  run.watch.watch([])
  const durationMs = Math.round(performance.now() - started)
  run.recorder.add(
    { engine, direction, scope, migration: name, durationMs },
    { ...result, failures: [...result.failures, ...hooks.failures] },
  )
  return result
}

const describeBusy = (target: string, others: number): string =>
  `another run, which has ${target}${others === 0 ? '' : ` and ${others} more`} under way`

/** Tells progress, and each failure once. */
function teller(
  run: Run,
  { migration, targets }: Step,
  nameOf: (target: string) => string,
): (progress: RollOutProgress) => void {
  let told = 0
  return ({ done, failures }) => {
    for (const { target, error } of failures.slice(told)) {
      run.onEvent({
        type: 'failure',
        target: nameOf(target),
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
