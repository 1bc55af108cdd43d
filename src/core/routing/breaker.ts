/** When a circuit opens and how it closes again. Times are milliseconds of one monotonic clock. */
export interface BreakerTerms {
  /** So many failures in a row open it. */
  readonly failures: number
  /** It stays open so long, and twice as long after each probe that fails. */
  readonly openMs: number
  readonly longestOpenMs: number
  /** A probe that has said nothing for so long is given up, and another may go. */
  readonly probeMs: number
}

/** A circuit breaker's memory; a value, which each event replaces. */
export interface Breaker {
  readonly failures: number
  /** How often it opened since it was last closed. */
  readonly openings: number
  /** Until then nothing passes; null while closed. */
  readonly openUntil: number | null
  /** A probe is on its way until then at the latest. */
  readonly probingUntil: number | null
}

export type Permission = 'pass' | 'probe' | 'refuse'

export const closed: Breaker = { failures: 0, openings: 0, openUntil: null, probingUntil: null }

/** Whether a request may go now; one that is let through as a probe tells by its outcome whether the circuit closes. */
export function permissionOf({ openUntil, probingUntil }: Breaker, now: number): Permission {
  if (openUntil === null) return 'pass'
  if (now < openUntil || (probingUntil !== null && now < probingUntil)) return 'refuse'
  return 'probe'
}

export const probeSent = (breaker: Breaker, now: number, { probeMs }: BreakerTerms): Breaker => ({
  ...breaker,
  probingUntil: now + probeMs,
})

/** The probe did not come as far as the engine, so the next request may be one. */
export const probeUndecided = (breaker: Breaker): Breaker => ({ ...breaker, probingUntil: null })

export function failed(breaker: Breaker, now: number, permission: Permission, terms: BreakerTerms): Breaker {
  const failures = breaker.failures + 1
  const open = breaker.openUntil !== null
  // One that was sent before the circuit opened tells nothing new.
  if (open && permission !== 'probe') return breaker
  if (!open && failures < terms.failures) return { ...breaker, failures }
  const openings = breaker.openings + 1
  const openMs = Math.min(terms.openMs * 2 ** (openings - 1), terms.longestOpenMs)
  return { failures, openings, openUntil: now + openMs, probingUntil: null }
}

export const stateOf = ({ openUntil }: Breaker, now: number): 'closed' | 'open' | 'half-open' =>
  openUntil === null ? 'closed' : now < openUntil ? 'open' : 'half-open'
