import { bar, barWidth } from './bar.ts'
import { stepName } from './lines.ts'
import type { RunState, StepState, WaveState } from './state.ts'
import { blockerOf, count, duration, failureOf, oneLine, progressOf, retryOf } from './words.ts'

/** One line of the live view. */
export interface Row {
  readonly text: string
  readonly tone: 'plain' | 'strong' | 'faint' | 'good' | 'bad' | 'attention'
  /** The lower, the longer it stays when the screen is too small for all. */
  readonly rank: number
}

/** The live view of a run, however high; a row may be wider than the screen. */
export function rowsOf(state: RunState, now: number, columns: number): readonly Row[] {
  const { step, holder, retries } = state
  return [
    ...waveRows(state.waves, columns),
    ...(step === undefined ? [] : stepRows(step, now, columns)),
    ...(holder === undefined ? [] : [{ text: `waiting for ${oneLine(holder)}`, tone: 'attention', rank: 0 } as const]),
    ...state.blockers.map(
      ({ blocker, at }, index): Row => ({
        text: `blocked ${blockerOf(blocker, now - at)}`,
        tone: 'attention',
        rank: 3 + newestFirst(index, state.blockers),
      }),
    ),
    ...(retries.last === undefined
      ? []
      : [{ text: `retry ${count(retries.count)}: ${retryOf(retries.last)}`, tone: 'attention', rank: 5 } as const]),
    ...state.failures.map(
      (failure, index): Row => ({
        text: `failed ${failureOf(failure)}`,
        tone: 'bad',
        rank: 4 + newestFirst(index, state.failures),
      }),
    ),
    { text: summaryOf(state, now), tone: 'faint', rank: 7 },
  ]
}

function waveRows(waves: readonly WaveState[], columns: number): readonly Row[] {
  const current = Math.max(
    waves.findLastIndex(({ phase }) => phase === 'under way'),
    waves.findLastIndex(({ phase }) => phase === 'finished'),
  )
  const nameWidth = Math.max(...waves.map(({ name }) => name.length))
  return waves.map((wave, index): Row => {
    const { name, targets, phase, done, failed } = wave
    const numbers = `${count(done)} done, ${count(failed)} failed, ${count(targets)} in all`
    const width = barWidth(columns - nameWidth - numbers.length - 2)
    return {
      text: [name.padEnd(nameWidth), bar(wave, width), numbers].filter((part) => part !== '').join(' '),
      tone: phase === 'under way' ? 'plain' : phase === 'to come' ? 'faint' : failed > 0 ? 'bad' : 'good',
      rank: index === current ? 2 : 6 + Math.abs(index - current) / waves.length,
    }
  })
}

function stepRows(step: StepState, now: number, columns: number): readonly Row[] {
  const elapsed = duration(now - step.startedAt)
  const title: Row = { text: `${step.direction} ${stepName(step)}, ${elapsed}`, tone: 'strong', rank: 1 }
  if (step.scope !== 'tenant') return [{ ...title, rank: 0 }]
  const numbers = progressOf(step, now)
  const parts = [bar(step, barWidth(columns - numbers.length - 1)), numbers]
  return [title, { text: parts.filter((part) => part !== '').join(' '), tone: 'plain', rank: 0 }]
}

function summaryOf({ startedAt, stepsDone, failed }: RunState, now: number): string {
  const failures = failed === 0 ? '' : `, ${count(failed)} failed`
  return `${duration(now - startedAt)}, ${count(stepsDone)} ${stepsDone === 1 ? 'step' : 'steps'} done${failures}`
}

/** Between 0 and 1. */
function newestFirst(index: number, all: readonly unknown[]): number {
  return (all.length - 1 - index) / all.length
}
