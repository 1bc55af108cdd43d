import { inEngine } from '../../core/engine.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { RunEvent, RunStep } from '../../core/run/event.ts'
import { finishRun, type RunOutcome, recordFailures, startRun } from '../../engines/postgres/migration/run-record.ts'
import type { Session } from '../session.ts'
import { HookRunner } from './hooks.ts'
import { type RunFailure, RunRecorder } from './run-recorder.ts'
import { RunWatch } from './run-watch.ts'

export interface RunResult {
  /** Null when there was nothing to do. */
  readonly runId: string | null
  readonly outcome: RunOutcome
  readonly steps: readonly RunStep[]
  /** Targets that had every migration they were to have. */
  readonly completed: number
  readonly failures: readonly RunFailure[]
  /** Targets left as they were because the run stopped before them. */
  readonly skipped: number
  /** The wave that ended the run before the others, where one did. */
  readonly lastWave: string | null
}

export interface RunOptions {
  readonly signal: AbortSignal
  readonly onEvent: (event: RunEvent) => void
}

/** A run under way. */
export interface Run {
  readonly session: Session
  readonly runId: string
  readonly recorder: RunRecorder
  readonly watch: RunWatch
  readonly hooks: HookRunner
  readonly onEvent: (event: RunEvent) => void
  /** Aborts on an interruption, and when somebody asks the run to end. What is under way is finished. */
  readonly signal: AbortSignal
  /** Ends the run before the waves behind this one. */
  endAfter(wave: string, outcome: 'paused' | 'stopped'): void
}

export const nothingToDo: RunResult = {
  runId: null,
  outcome: 'succeeded',
  steps: [],
  completed: 0,
  failures: [],
  skipped: 0,
  lastWave: null,
}

/** A run to be recorded: a new one, by what it was asked to do, or one to go on with. */
export type RunIdentity = { readonly parameters: object } | { readonly resume: string }

/** Keeps the durable record of a run around `work`. @throws DBS-1904 when it was interrupted */
export async function recordRun(
  session: Session,
  identity: RunIdentity,
  options: RunOptions,
  work: (run: Run) => Promise<void>,
): Promise<RunResult> {
  const { client } = session
  const runId = 'resume' in identity ? identity.resume : await startRun(client, session.command, identity.parameters)
  const recorder = new RunRecorder(options.onEvent)
  const watch = new RunWatch(session, runId, options.onEvent)
  const hooks = new HookRunner(session, runId, options.onEvent)
  const ending: { wave: string | null; outcome?: 'paused' | 'stopped' } = { wave: null }
  const finish = async (outcome: RunOutcome): Promise<void> => {
    const failures = recorder.failedTargets
    if (failures.length > 0) await recordFailures(client, runId, failures)
    await finishRun(client, runId, outcome, { steps: recorder.steps, failures, skipped: recorder.skipped })
  }
  try {
    await hooks.run('beforeRun')
    await work({
      session,
      runId,
      recorder,
      watch,
      hooks,
      onEvent: options.onEvent,
      signal: AbortSignal.any([options.signal, watch.signal]),
      endAfter(wave, outcome) {
        ending.wave = wave
        ending.outcome = outcome
      },
    })
    watch.requireSession()
  } catch (error) {
    watch.close()
    // The server may be what failed; then the run stays open in the record, which is the truth.
    await finish('failed').catch(() => {})
    await hooks.run('afterRun', { outcome: 'failed' }).catch(() => {})
    throw error
  }
  watch.close()
  const outcome = outcomeOf(options.signal, watch, recorder, ending.outcome)
  await finish(outcome)
  await hooks.run('afterRun', { outcome, completed: recorder.completed, failed: recorder.failures.length })
  if (outcome === 'interrupted') throw DbsvcError.of('DBS-1904', {})
  const { steps, completed, failures, skipped } = recorder
  return { runId, outcome, steps, completed, failures, skipped, lastWave: ending.wave }
}

function outcomeOf(
  signal: AbortSignal,
  { request }: RunWatch,
  { failures }: RunRecorder,
  ending: 'paused' | 'stopped' | undefined,
): RunOutcome {
  if (signal.aborted) return 'interrupted'
  if (request !== undefined) return request === 'pause' ? 'paused' : 'cancelled'
  return ending ?? (failures.length > 0 ? 'failed' : 'succeeded')
}

/** One failure is its own error; several are listed in one. */
export function throwFailures({ failures, completed, skipped, outcome, lastWave }: RunResult): void {
  const [first, ...others] = failures
  if (first === undefined) return
  if (others.length === 0 && skipped === 0 && outcome !== 'stopped') throw first.error
  const reasons = failures.map(({ engine, target, error }) => ({
    target: target === engine ? target : inEngine(target, engine),
    reason: error.message,
  }))
  if (outcome === 'stopped' && lastWave !== null) {
    throw DbsvcError.of('DBS-1506', { wave: lastWave, failures: reasons, applied: completed, skipped }, first.error)
  }
  throw DbsvcError.of('DBS-1502', { failures: reasons, applied: completed }, first.error)
}
