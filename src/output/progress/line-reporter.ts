import type { RunEvent } from '../../core/run/event.ts'
import type { Output } from '../output.ts'
import type { EventSink } from './event-sink.ts'
import { linesOf, progressLine } from './lines.ts'
import { Ration } from './ration.ts'
import { reduce } from './reduce.ts'
import { initialState, type StepState } from './state.ts'
import { count } from './words.ts'

const progressEveryMs = 1000
const mostAlike = 20

/** A line for each thing that happened, and one a second while a step is under way. */
export function lineReporter(output: Output): EventSink {
  let state = initialState(output.now())
  let silentSince = Number.NEGATIVE_INFINITY
  const rationed = new Map<RunEvent['type'], { readonly word: string; readonly ration: Ration }>([
    ['failure', { word: 'failed', ration: new Ration(mostAlike) }],
    ['blocked', { word: 'blocked', ration: new Ration(mostAlike) }],
    ['retry', { word: 'retry', ration: new Ration(mostAlike) }],
  ])

  const sayWithheld = (): void => {
    for (const { word, ration } of rationed.values()) {
      const withheld = ration.withheld()
      if (withheld > 0) output.note(`${word.padEnd(8)} ${count(withheld)} more`)
    }
  }
  const sayProgress = (step: StepState, at: number): void => {
    const unfinished = step.done + step.failed < step.targets
    if (step.scope !== 'tenant' || !unfinished || at - silentSince < progressEveryMs) return
    silentSince = at
    output.note(progressLine(step, at))
  }
  return {
    onEvent(event, at) {
      state = reduce(state, event, at)
      if (event.type === 'warning') return output.warn(event.text)
      if (event.type === 'step') sayWithheld()
      if (event.type === 'step-started') silentSince = at
      if (rationed.get(event.type)?.ration.take() === false) return
      for (const line of linesOf(event, state.waves.length)) output.note(line)
      if (event.type === 'progress' && state.step !== undefined) sayProgress(state.step, at)
    },
    async close() {
      sayWithheld()
    },
  }
}
