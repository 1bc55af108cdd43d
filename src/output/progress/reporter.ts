import type { RunEvent } from '../../core/run/event.ts'
import type { Output } from '../output.ts'
import { canDraw } from './can-draw.ts'
import type { EventSink } from './event-sink.ts'
import { eventStream } from './event-stream.ts'
import { lineReporter } from './line-reporter.ts'
import { liveReporter } from './live-reporter.ts'
import { redacted } from './redacted.ts'

export interface Reporter {
  readonly onEvent: (event: RunEvent) => void
  /** Resolves once the terminal is as it was; results and errors are printed after it. */
  close(): Promise<void>
}

/** To people as a live view or as lines, and with `--json` to programs as well. */
export function openReporter(output: Output, env: Readonly<Record<string, string | undefined>>): Reporter {
  const { terminal } = output
  const people = terminal && canDraw(terminal, env) ? liveReporter(output, terminal) : lineReporter(output)
  const sinks: readonly EventSink[] = output.json ? [eventStream(output), people] : [people]
  return {
    onEvent(event) {
      const at = output.now()
      // Before any of its texts is cut or wrapped, which would hide a secret from the sink.
      const clean = redacted(event, output.redact)
      for (const sink of sinks) sink.onEvent(clean, at)
    },
    async close() {
      for (const sink of sinks) await sink.close()
    },
  }
}
