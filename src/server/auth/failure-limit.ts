import { LRUCache } from 'lru-cache'

/** How many failures each source address, and each key, may have. */
export interface FailureLimit {
  /** Counts one. @returns how many milliseconds too early it came; 0 when it is within the limit */
  count(sources: readonly string[]): number
}

// Some megabytes at most, whoever tries from wherever.
const mostKnown = 20_000

/**
 * A leaky bucket for each source (GCRA): `perMinute` at once, and as many a minute. Only failures are counted, so that nobody's wrong
 * attempts keep a right credential out, not even from the same address: keys have 256 random bits, of which nobody guesses one; what is limited is the work.
 */
export function createFailureLimit(perMinute: number, now: () => number): FailureLimit {
  const everyMs = 60_000 / perMinute
  // When each bucket will be empty.
  const emptyAt = new LRUCache<string, number>({ max: mostKnown })
  return {
    count(sources) {
      const at = now()
      const next = sources.map((source) => [source, Math.max(emptyAt.get(source) ?? at, at) + everyMs] as const)
      const earlyMs = Math.max(0, ...next.map(([, empty]) => empty - at - 60_000))
      if (earlyMs === 0) for (const [source, empty] of next) emptyAt.set(source, empty)
      return earlyMs
    },
  }
}
