/** What was counted in the last minute. */
export interface Minute {
  readonly requests: number
  /** Those that the service itself failed to answer. */
  readonly failures: number
  readonly totalMs: number
  /** The seconds it covers; fewer than 60 after a start. */
  readonly seconds: number
}

interface Second {
  at: number
  requests: number
  failures: number
  totalMs: number
}

const seconds = 60

/** Counts requests of the last minute, a second at a time. */
export interface Window {
  count(durationMs: number, failed: boolean): void
  read(): Minute
}

/** @param now monotonic, in milliseconds */
export function createWindow(now: () => number): Window {
  const startedAt = now()
  const ring: Second[] = Array.from({ length: seconds }, () => ({ at: -1, requests: 0, failures: 0, totalMs: 0 }))
  const secondOf = (time: number): number => Math.floor(time / 1_000)
  return {
    count(durationMs, failed) {
      const at = secondOf(now())
      const second = ring[at % seconds] as Second
      if (second.at !== at) Object.assign(second, { at, requests: 0, failures: 0, totalMs: 0 })
      second.requests += 1
      second.totalMs += durationMs
      if (failed) second.failures += 1
    },
    read() {
      const oldest = secondOf(now()) - seconds
      const sum = { requests: 0, failures: 0, totalMs: 0 }
      for (const { at, requests, failures, totalMs } of ring) {
        if (at <= oldest) continue
        sum.requests += requests
        sum.failures += failures
        sum.totalMs += totalMs
      }
      return { ...sum, seconds: Math.max(0.001, Math.min(seconds, (now() - startedAt) / 1_000)) }
    },
  }
}
