import type { RunEvent } from '../../core/run/event.ts'
import { withSample } from './pace.ts'
import type { RunState, StepState, WaveState } from './state.ts'
import { duration } from './words.ts'

const failuresKept = 5
const blockersKept = 3

/** The state after `event`, which was told `at` that time. */
export function reduce(state: RunState, event: RunEvent, at: number): RunState {
  switch (event.type) {
    case 'warning':
      return state
    case 'waiting':
      return { ...state, holder: event.holder }
    case 'started':
      return {
        ...state,
        holder: undefined,
        waves: event.waves.map(({ name, targets }) => ({ name, targets, phase: 'to come', done: 0, failed: 0 })),
      }
    case 'wave-started':
      return {
        ...state,
        waves: state.waves.map((wave) =>
          wave.name === event.wave ? { ...wave, targets: event.targets, phase: 'under way' } : wave,
        ),
      }
    case 'wave-finished':
      return {
        ...state,
        waves: state.waves.map((wave) =>
          wave.name === event.wave ? { ...wave, phase: 'finished', done: event.completed, failed: event.failed } : wave,
        ),
      }
    case 'pause':
      return { ...state, holder: `${duration(event.pauseMs)} to pass after wave ${event.wave}` }
    case 'step-started': {
      const { engine, direction, scope, migration, targets } = event
      const pace = [{ at, finished: 0 }]
      return {
        ...betweenSteps(state),
        step: { engine, direction, scope, migration, targets, done: 0, failed: 0, startedAt: at, pace },
        waves: underWay(state, (wave) => ({ ...wave, done: 0 })),
      }
    }
    case 'progress':
      if (state.step === undefined) return state
      return {
        ...state,
        step: advanced(state.step, event, at),
        waves: underWay(state, (wave) => ({ ...wave, done: Math.min(event.done, wave.targets) })),
      }
    case 'failure':
      return {
        ...state,
        failed: state.failed + 1,
        failures: [...state.failures, event].slice(-failuresKept),
        waves: underWay(state, (wave) => ({ ...wave, failed: wave.failed + 1 })),
      }
    case 'blocked':
      return { ...state, blockers: [...state.blockers, { blocker: event.blocker, at }].slice(-blockersKept) }
    case 'retry':
      return { ...state, retries: { count: state.retries.count + 1, last: event } }
    case 'step':
      return { ...betweenSteps(state), stepsDone: state.stepsDone + 1 }
  }
}

/** A step is under way, or over: the lock is held, and what the step before met is past. */
function betweenSteps(state: RunState): RunState {
  return { ...state, holder: undefined, step: undefined, blockers: [], retries: { count: 0, last: undefined } }
}

function advanced(
  step: StepState,
  { done, failed, targets }: Extract<RunEvent, { type: 'progress' }>,
  at: number,
): StepState {
  return { ...step, done, failed, targets, pace: withSample(step.pace, { at, finished: done + failed }) }
}

function underWay({ waves }: RunState, change: (wave: WaveState) => WaveState): readonly WaveState[] {
  return waves.map((wave) => (wave.phase === 'under way' ? change(wave) : wave))
}
