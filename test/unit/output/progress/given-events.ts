import type { RunEvent, RunStep } from '../../../../src/core/run/event.ts'
import { reduce } from '../../../../src/output/progress/reduce.ts'
import { initialState, type RunState } from '../../../../src/output/progress/state.ts'

/** The state after events that were told at these times. */
export function stateAfter(events: readonly (readonly [at: number, event: RunEvent])[]): RunState {
  return events.reduce((state, [at, event]) => reduce(state, event, at), initialState(0))
}

export const started = (...waves: readonly (readonly [name: string, targets: number])[]): RunEvent => ({
  type: 'started',
  runId: '7',
  resumed: false,
  waves: waves.map(([name, targets]) => ({ name, targets })),
})

export const waveStarted = (wave: string, targets: number): RunEvent => ({ type: 'wave-started', wave, targets })

export const stepStarted = (targets: number, scope = 'tenant'): RunEvent => ({
  type: 'step-started',
  engine: 'postgres',
  direction: 'up',
  scope,
  migration: '0007_add_x',
  targets,
})

export const progress = (done: number, targets: number, failed = 0): RunEvent => ({
  type: 'progress',
  done,
  failed,
  targets,
})

export const failure = (target: string, reason = 'relation "x" does not exist'): RunEvent => ({
  type: 'failure',
  target,
  migration: '0007_add_x',
  code: 'DBS-1501',
  reason,
})

export const blocked = (pid: number, statement = 'update orders set amount = 0'): RunEvent => ({
  type: 'blocked',
  blocker: { pid, application: 'psql', user: 'bob', company: 'company_abc', ageMs: 125_000, statement },
})

export const retry = (...targets: readonly string[]): RunEvent => ({
  type: 'retry',
  targets,
  attempt: 2,
  delayMs: 250,
  reason: 'lock timeout',
})

export const stepDone = (step: Partial<RunStep> = {}): RunEvent => ({
  type: 'step',
  step: {
    engine: 'postgres',
    direction: 'up',
    scope: 'tenant',
    migration: '0007_add_x',
    targets: 10,
    failed: 0,
    durationMs: 1500,
    ...step,
  },
})
