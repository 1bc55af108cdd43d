import type { RunEvent } from '../../core/run/event.ts'
import type { Output } from '../output.ts'
import type { Terminal } from '../terminal.ts'
import type { EventSink } from './event-sink.ts'
import { linesOf } from './lines.ts'
import { reduce } from './reduce.ts'
import { rowsOf } from './rows.ts'
import type { Screen } from './screen.ts'
import { initialState } from './state.ts'

// A run that is over sooner is better off with its lines alone, and ink takes time to load.
const drawnAfterMs = 300

// What the view itself shows comes and goes with it; these stay.
const lasting: readonly RunEvent['type'][] = ['started', 'wave-started', 'wave-finished', 'step']

/** A live view at the bottom of the terminal, below the lines of what is finished. */
export function liveReporter(output: Output, terminal: Terminal): EventSink {
  let state = initialState(output.now())
  let timer: NodeJS.Timeout | undefined
  let opening: Promise<Screen | undefined> = Promise.resolve(undefined)
  let closed = false

  const open = async (): Promise<Screen | undefined> => {
    const { openScreen } = await importScreen()
    if (closed) return undefined
    const screen = openScreen(terminal, (columns) => rowsOf(state, output.now(), columns))
    output.passThrough((write) => screen.above(write))
    return screen
  }
  return {
    onEvent(event, at) {
      state = reduce(state, event, at)
      timer ??= setTimeout(() => {
        opening = open().catch((error: Error) => void output.warn(`no live view: ${error.message}`))
      }, drawnAfterMs)
      if (event.type === 'warning') output.warn(event.text)
      else if (lasting.includes(event.type)) for (const line of linesOf(event, state.waves.length)) output.note(line)
    },
    async close() {
      closed = true
      clearTimeout(timer)
      const screen = await opening
      output.passThrough(undefined)
      await screen?.close()
    },
  }
}

/** React chooses its build while it is loaded; that for development keeps a measurement of each drawing for ever. */
async function importScreen(): Promise<typeof import('./screen.ts')> {
  const before = process.env.NODE_ENV
  process.env.NODE_ENV = 'production'
  try {
    return await import('./screen.ts')
  } finally {
    if (before === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = before
  }
}
