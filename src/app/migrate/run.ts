import { DbsvcError } from '../../core/errors/error.ts'
import type { RunEvent, RunStep } from '../../core/run/event.ts'
import { finishRun, startRun } from '../../engines/postgres/migration/ledger.ts'
import { lockMigrations } from '../../engines/postgres/migration/lock.ts'
import type { Session } from '../session.ts'
import { setUpCluster } from '../set-up-cluster.ts'
import type { RollOutResult } from './roll-out.ts'

export interface RunResult {
  readonly runId: string | null
  readonly steps: readonly RunStep[]
  /** Targets that had every migration they were to have. */
  readonly completed: number
  readonly failures: readonly { readonly target: string; readonly migration: string; readonly error: DbsvcError }[]
  /** Targets left as they were because the run stopped before them. */
  readonly skipped: number
}

export interface RunOptions {
  readonly signal: AbortSignal
  readonly onEvent: (event: RunEvent) => void
}

/** Collects what a run does, and tells it as it goes. */
export class RunRecorder {
  readonly steps: RunStep[] = []
  readonly failures: { target: string; migration: string; error: DbsvcError }[] = []
  readonly #done = new Set<string>()
  skipped = 0
  readonly #onEvent: (event: RunEvent) => void

  constructor(onEvent: (event: RunEvent) => void) {
    this.#onEvent = onEvent
  }

  add(step: Omit<RunStep, 'targets' | 'failed'>, result: RollOutResult): void {
    const complete = { ...step, targets: result.done.length, failed: result.failures.length }
    this.steps.push(complete)
    this.skipped += result.skipped.length
    for (const target of result.done) this.#done.add(`${step.scope} ${target}`)
    for (const { target, error } of result.failures) {
      this.failures.push({ target: target === '' ? step.scope : target, migration: step.migration, error })
    }
    this.#onEvent({ type: 'step', step: complete })
  }

  /** Targets that had every migration they were to have. */
  get completed(): number {
    const failed = new Set(this.failures.map(({ target }) => target))
    return [...this.#done].filter((key) => !failed.has(key.slice(key.indexOf(' ') + 1))).length
  }
}

/** Holds the migration lock while `work` changes targets. The control schema is brought up to date first. */
export async function withMigrationLock<Result>(
  session: Session,
  options: RunOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const { client, loaded } = session
  await lockMigrations(client, {
    waitMs: loaded.config.migrations.lockWaitMs,
    signal: options.signal,
    onWait: (holder) => options.onEvent({ type: 'waiting', holder }),
  })
  await setUpCluster(session, (text) => options.onEvent({ type: 'warning', text }))
  return work()
}

/** Keeps the durable record of a run around `work`. */
export async function recordRun(
  session: Session,
  options: RunOptions,
  work: (runId: string, recorder: RunRecorder) => Promise<void>,
): Promise<RunResult> {
  const runId = await startRun(session.client, session.command)
  const recorder = new RunRecorder(options.onEvent)
  const finish = (outcome: 'succeeded' | 'failed' | 'interrupted'): Promise<void> =>
    finishRun(session.client, runId, outcome, {
      steps: recorder.steps,
      failures: recorder.failures.map(({ target, migration, error }) => ({
        target,
        migration,
        code: error.code,
        reason: error.message,
      })),
      skipped: recorder.skipped,
    })
  try {
    await work(runId, recorder)
  } catch (error) {
    // The server may be what failed; then the run stays open in the record, which is the truth.
    await finish('failed').catch(() => {})
    throw error
  }
  await finish(options.signal.aborted ? 'interrupted' : recorder.failures.length > 0 ? 'failed' : 'succeeded')
  if (options.signal.aborted) throw DbsvcError.of('DBS-1904', {})
  return {
    runId,
    steps: recorder.steps,
    completed: recorder.completed,
    failures: recorder.failures,
    skipped: recorder.skipped,
  }
}

/** One failure is its own error; several are listed in one. */
export function throwFailures(result: RunResult): void {
  const [first, ...others] = result.failures
  if (first === undefined) return
  if (others.length === 0 && result.skipped === 0) throw first.error
  const failures = result.failures.map(({ target, error }) => ({ target, reason: error.message }))
  throw DbsvcError.of('DBS-1502', { failures, applied: result.completed }, first.error)
}
