import type { Blocker } from '../../core/run/blocker.ts'
import type { RunEvent } from '../../core/run/event.ts'
import type { Sample } from './pace.ts'

export interface WaveState {
  readonly name: string
  readonly targets: number
  readonly phase: 'to come' | 'under way' | 'finished'
  /** While it is under way: of its step under way, because nothing tells how many steps are to come. */
  readonly done: number
  readonly failed: number
}

/** The step under way. */
export interface StepState {
  readonly engine: string
  readonly direction: StepStarted['direction']
  readonly scope: string
  readonly migration: string
  readonly targets: number
  readonly done: number
  readonly failed: number
  readonly startedAt: number
  readonly pace: readonly Sample[]
}

type StepStarted = Extract<RunEvent, { type: 'step-started' }>
export type Failure = Extract<RunEvent, { type: 'failure' }>
export type Retry = Extract<RunEvent, { type: 'retry' }>

/** What is known of a run from its events so far; times are milliseconds since 1970. */
export interface RunState {
  readonly startedAt: number
  /** Who holds the migration lock that is waited for. */
  readonly holder: string | undefined
  readonly waves: readonly WaveState[]
  readonly step: StepState | undefined
  readonly stepsDone: number
  readonly failed: number
  /** The last few, oldest first. */
  readonly failures: readonly Failure[]
  /** The last few of the step under way, oldest first; nothing tells when one has let go. */
  readonly blockers: readonly { readonly blocker: Blocker; readonly at: number }[]
  /** Of the step under way. */
  readonly retries: { readonly count: number; readonly last: Retry | undefined }
}

export function initialState(at: number): RunState {
  return {
    startedAt: at,
    holder: undefined,
    waves: [],
    step: undefined,
    stepsDone: 0,
    failed: 0,
    failures: [],
    blockers: [],
    retries: { count: 0, last: undefined },
  }
}
