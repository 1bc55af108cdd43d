import { expect, test } from 'vitest'
import { perSecond, type Sample, withSample } from '../../../../src/output/progress/pace.ts'

/** Samples of something that finishes `rate` a second, every `everyMs`. */
function samplesOf(rate: number, everyMs: number, untilMs: number, from: readonly Sample[] = []): readonly Sample[] {
  const start = from.at(-1) ?? { at: 0, finished: 0 }
  let samples = from.length === 0 ? [start] : from
  for (let ms = everyMs; ms <= untilMs; ms += everyMs) {
    samples = withSample(samples, { at: start.at + ms, finished: start.finished + (rate * ms) / 1000 })
  }
  return samples
}

test('within the first second there is no rate', () => {
  expect(perSecond([], 0)).toBeUndefined()
  expect(perSecond(samplesOf(100, 100, 900), 900)).toBeUndefined()
})

test('the rate is that of the last ten seconds', () => {
  const slow = samplesOf(10, 100, 30_000)
  expect(perSecond(slow, 30_000)).toBeCloseTo(10)
  expect(perSecond(samplesOf(500, 100, 15_000, slow), 45_000)).toBeCloseTo(500)
})

test('the rate falls while nothing is finished', () => {
  const samples = samplesOf(100, 100, 10_000)
  expect(perSecond(samples, 20_000)).toBeCloseTo(50)
  expect(perSecond(samples, 110_000)).toBeLessThan(10)
})

test('a thousand batches a second are a few dozen samples, and the last of them is exact', () => {
  const samples = samplesOf(1000, 1, 20_000)
  expect(samples.length).toBeLessThan(60)
  expect(samples.at(-1)).toEqual({ at: 20_000, finished: 20_000 })
})
