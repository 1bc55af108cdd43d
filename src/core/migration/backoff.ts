const firstMs = 100
const longestMs = 5_000

/**
 * How long to wait before the next attempt, from 1 on, in ms: anything up to a bound that doubles each time, so that runs which
 * met do not meet again ("full jitter", https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).
 */
export function backoffMs(attempt: number, random: () => number): number {
  return Math.ceil(random() * Math.min(longestMs, firstMs * 2 ** attempt))
}
