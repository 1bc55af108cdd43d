import { describe, expect, test } from 'vitest'
import {
  blocked,
  failure,
  progress,
  retry,
  started,
  stateAfter,
  stepDone,
  stepStarted,
  waveStarted,
} from './given-events.ts'

describe('given a run in two waves', () => {
  const firstWave = [
    [0, started(['canary', 10], ['others', 90])],
    [0, waveStarted('canary', 10)],
    [0, stepStarted(10)],
  ] as const

  test('when a step of the first is under way, then the wave is as far as the step, and the other is to come', () => {
    const { waves } = stateAfter([...firstWave, [100, failure('a')], [100, progress(5, 10, 1)]])
    expect(waves).toEqual([
      { name: 'canary', targets: 10, phase: 'under way', done: 5, failed: 1 },
      { name: 'others', targets: 90, phase: 'to come', done: 0, failed: 0 },
    ])
  })

  test('when the wave is finished, then it has what the run counted, and later steps leave it so', () => {
    const { waves } = stateAfter([
      ...firstWave,
      [200, { type: 'wave-finished', wave: 'canary', completed: 8, failed: 2, durationMs: 200 }],
      [200, waveStarted('others', 90)],
      [200, stepStarted(90)],
      [300, progress(90, 90)],
    ])
    expect(waves).toEqual([
      { name: 'canary', targets: 10, phase: 'finished', done: 8, failed: 2 },
      { name: 'others', targets: 90, phase: 'under way', done: 90, failed: 0 },
    ])
  })
})

test('when a step is done, then what stood in its way is past, and its failures stay', () => {
  const during = stateAfter([
    [0, stepStarted(10)],
    [1, blocked(1)],
    [2, retry('a')],
    [3, failure('a')],
  ])
  expect(during.blockers).toHaveLength(1)
  expect(during.retries.count).toBe(1)

  const after = stateAfter([
    [0, stepStarted(10)],
    [1, blocked(1)],
    [2, retry('a')],
    [3, failure('a')],
    [4, stepDone()],
  ])
  expect(after).toMatchObject({ step: undefined, blockers: [], retries: { count: 0 }, stepsDone: 1, failed: 1 })
  expect(after.failures).toEqual([failure('a')])
})

test('when the lock was waited for, then that is over with the first step', () => {
  const waiting = [0, { type: 'waiting', holder: 'migrate up by bob' }] as const
  expect(stateAfter([waiting]).holder).toBe('migrate up by bob')
  expect(stateAfter([waiting, [1, stepStarted(10)]]).holder).toBeUndefined()
  expect(stateAfter([waiting, [1, stepDone()]]).holder).toBeUndefined()
})

test('when there are many failures, then the last few are kept and all are counted', () => {
  const state = stateAfter(Array.from({ length: 30 }, (_, index) => [index, failure(`company_${index}`)] as const))
  expect(state.failed).toBe(30)
  expect(state.failures.map(({ target }) => target)).toEqual([
    'company_25',
    'company_26',
    'company_27',
    'company_28',
    'company_29',
  ])
})

test('when progress is told outside of a step, then it changes nothing', () => {
  expect(stateAfter([[0, progress(5, 10)]])).toEqual(stateAfter([]))
})
