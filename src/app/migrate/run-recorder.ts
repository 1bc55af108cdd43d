import type { DbsvcError } from '../../core/errors/error.ts'
import type { RunEvent, RunStep } from '../../core/run/event.ts'
import type { FailedTarget } from '../../engines/postgres/migration/run-record.ts'
import type { RollOutResult } from './roll-out.ts'

export interface RunFailure {
  readonly scope: string
  /** The company, or the scope where it has none. */
  readonly target: string
  readonly migration: string
  readonly error: DbsvcError
}

/** Collects what a run does, and tells it as it goes. */
export class RunRecorder {
  readonly steps: RunStep[] = []
  readonly failures: RunFailure[] = []
  readonly #done = new Set<string>()
  readonly #failed = new Set<string>()
  readonly #onEvent: (event: RunEvent) => void
  skipped = 0

  constructor(onEvent: (event: RunEvent) => void) {
    this.#onEvent = onEvent
  }

  add(step: Omit<RunStep, 'targets' | 'failed'>, result: RollOutResult): void {
    const complete = { ...step, targets: result.done.length, failed: result.failures.length }
    this.steps.push(complete)
    this.skipped += result.skipped.length
    for (const target of result.done) this.#done.add(`${step.scope} ${target}`)
    for (const target of result.skipped) this.#done.delete(`${step.scope} ${target}`)
    for (const { target, error } of result.failures) {
      this.#failed.add(`${step.scope} ${target}`)
      this.failures.push({
        scope: step.scope,
        target: target === '' ? step.scope : target,
        migration: step.migration,
        error,
      })
    }
    this.#onEvent({ type: 'step', step: complete })
  }

  /** Targets that had every migration they were to have. */
  get completed(): number {
    return [...this.#done].filter((key) => !this.#failed.has(key)).length
  }

  hasDone(scope: string, target: string): boolean {
    return this.#done.has(`${scope} ${target}`) && !this.#failed.has(`${scope} ${target}`)
  }

  hasFailed(scope: string, target: string): boolean {
    return this.#failed.has(`${scope} ${target}`)
  }

  /** For the record of the run. */
  get failedTargets(): FailedTarget[] {
    return this.failures.map(({ scope, target, migration, error }) => ({
      scope,
      company: target === scope ? '' : target,
      migration,
      code: error.code,
      reason: error.message,
    }))
  }
}
