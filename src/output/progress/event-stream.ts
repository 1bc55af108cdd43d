import type { RunEvent } from '../../core/run/event.ts'
import type { Output } from '../output.ts'
import type { EventSink } from './event-sink.ts'

const progressEveryMs = 1000

// They come while a step is under way and do not end it.
const amidst: readonly RunEvent['type'][] = ['waiting', 'warning', 'failure', 'blocked', 'retry']

/** A line of JSON for each event; of progress one a second, and the last of each step. */
export function eventStream(output: Output): EventSink {
  let printedAt = Number.NEGATIVE_INFINITY
  let held: RunEvent | undefined

  const release = (at: number): void => {
    if (held !== undefined) output.event(held, at)
    held = undefined
  }
  return {
    onEvent(event, at) {
      if (event.type === 'progress') {
        held = event
        if (at - printedAt < progressEveryMs) return
        printedAt = at
        return release(at)
      }
      if (!amidst.includes(event.type)) release(at)
      output.event(event, at)
    },
    async close() {
      release(output.now())
    },
  }
}
