import { type EngineName, engineNames } from '../../core/engine.ts'
import type { DbsvcError } from '../../core/errors/error.ts'
import type { RunEvent, RunStep } from '../../core/run/event.ts'
import type { FailedTarget } from '../../engines/postgres/migration/run-record.ts'
import type { RollOutResult } from './roll-out.ts'

export interface RunFailure {
  readonly engine: EngineName
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
  readonly #lost = new Set<EngineName>()
  readonly #onEvent: (event: RunEvent) => void
  skipped = 0

  constructor(onEvent: (event: RunEvent) => void) {
    this.#onEvent = onEvent
  }

  add(
    step: Omit<RunStep, 'engine' | 'targets' | 'failed'> & { readonly engine: EngineName },
    result: RollOutResult,
  ): void {
    const { engine, scope, migration } = step
    const complete = { ...step, targets: result.done.length, failed: result.failures.length }
    this.steps.push(complete)
    this.skipped += result.skipped.length
    for (const target of result.done) this.#done.add(keyOf(engine, scope, target))
    for (const target of result.skipped) this.#done.delete(keyOf(engine, scope, target))
    for (const { target, error } of result.failures) {
      this.#failed.add(keyOf(engine, scope, target))
      this.failures.push({ engine, scope, target: target === '' ? scope : target, migration, error })
    }
    this.#onEvent({ type: 'step', step: complete })
  }

  /** An engine that takes no further part, because it is gone. */
  lose(engine: EngineName, error: DbsvcError): void {
    if (this.#lost.has(engine)) return
    this.#lost.add(engine)
    this.failures.push({ engine, scope: 'shared', target: engine, migration: '', error })
    this.#onEvent({ type: 'failure', target: engine, migration: '', code: error.code, reason: error.message })
  }

  hasLost(engine: EngineName): boolean {
    return this.#lost.has(engine)
  }

  /** Targets that had every migration they were to have. */
  get completed(): number {
    return [...this.#done].filter((key) => !this.#failed.has(key)).length
  }

  /** Whether a company, or '' for the shared scope, had something done and nothing failed, in whatever engine. */
  hasDone(company: string): boolean {
    const keys = engineNames.map((engine) => keyOf(engine, company === '' ? 'shared' : 'tenant', company))
    return keys.some((key) => this.#done.has(key)) && !keys.some((key) => this.#failed.has(key))
  }

  hasFailed(engine: EngineName, scope: string, target: string): boolean {
    return this.#failed.has(keyOf(engine, scope, target))
  }

  /** For the record of the run. */
  get failedTargets(): FailedTarget[] {
    return this.failures.map(({ engine, scope, target, migration, error }) => ({
      engine,
      scope,
      company: target === scope || target === engine ? '' : target,
      migration,
      code: error.code,
      reason: error.message,
    }))
  }
}

const keyOf = (engine: string, scope: string, target: string): string => `${engine} ${scope} ${target}`
