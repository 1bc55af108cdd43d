/** How many targets were finished at a time. */
export interface Sample {
  readonly at: number
  readonly finished: number
}

const windowMs = 10_000
const apartMs = 250
// Of less than this, a rate says more about the first batch than about the step.
const leastMs = 1000

/** Keeps what the last ten seconds need, however many batches there are in them; the last sample is exact. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const [last, before] = [samples.at(-1), samples.at(-2)]
  const crowded = last !== undefined && before !== undefined && last.at - before.at < apartMs
  const kept = crowded ? samples.slice(0, -1) : samples
  const start = kept.findLastIndex(({ at }) => sample.at - at >= windowMs)
  return [...kept.slice(Math.max(0, start)), sample]
}

/** Targets a second, up to now: it falls while nothing is finished. Undefined as long as there is too little to tell. */
export function perSecond(samples: readonly Sample[], now: number): number | undefined {
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined || now - first.at < leastMs) return undefined
  return ((last.finished - first.finished) * 1000) / (now - first.at)
}
