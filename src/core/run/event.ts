import type { Blocker } from './blocker.ts'

/** One migration taken over the targets that were to have it. */
export interface RunStep {
  readonly engine: string
  /** `place` gives companies their place in an engine, before the first migration there. */
  readonly direction: 'up' | 'down' | 'baseline' | 'squash' | 'place'
  readonly scope: string
  /** '' where it is `place`. */
  readonly migration: string
  /** Targets that have it done. */
  readonly targets: number
  readonly failed: number
  readonly durationMs: number
}

/** What a run tells while it goes; whoever shows it needs nothing else. Times are milliseconds, counts are targets. */
export type RunEvent =
  | { readonly type: 'waiting'; readonly holder: string }
  | { readonly type: 'warning'; readonly text: string }
  /** Told once, before the first wave; `waves` in the order they are taken. A run without a policy has one. */
  | {
      readonly type: 'started'
      readonly runId: string
      readonly resumed: boolean
      readonly waves: readonly { readonly name: string; readonly targets: number }[]
    }
  | { readonly type: 'wave-started'; readonly wave: string; readonly targets: number }
  | {
      readonly type: 'wave-finished'
      readonly wave: string
      readonly completed: number
      readonly failed: number
      readonly durationMs: number
    }
  /** Between two waves. */
  | { readonly type: 'pause'; readonly wave: string; readonly pauseMs: number }
  /** What follows until `step` is about this migration. */
  | {
      readonly type: 'step-started'
      readonly engine: string
      readonly direction: RunStep['direction'] | 'create'
      readonly scope: string
      /** '' while companies are created, with all of their migrations at once. */
      readonly migration: string
      readonly targets: number
    }
  /** Of the step under way, after each batch. */
  | { readonly type: 'progress'; readonly done: number; readonly failed: number; readonly targets: number }
  | {
      readonly type: 'failure'
      readonly target: string
      readonly migration: string
      readonly code: string
      readonly reason: string
    }
  /** A lock is waited for; told once for each blocking session and step. */
  | { readonly type: 'blocked'; readonly blocker: Blocker }
  /** A batch met a lock timeout or a deadlock and is tried again after `delayMs`. */
  | {
      readonly type: 'retry'
      readonly targets: readonly string[]
      readonly attempt: number
      readonly delayMs: number
      readonly reason: string
    }
  | { readonly type: 'step'; readonly step: RunStep }
