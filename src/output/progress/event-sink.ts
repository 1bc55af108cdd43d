import type { RunEvent } from '../../core/run/event.ts'

/** Shows what a run tells. Events come `at` milliseconds since 1970. */
export interface EventSink {
  onEvent(event: RunEvent, at: number): void
  /** Resolves once nothing more is shown. */
  close(): Promise<void>
}
