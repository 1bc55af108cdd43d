import type { EngineName } from '../../core/engine.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import {
  type Breaker,
  type BreakerTerms,
  closed,
  failed,
  permissionOf,
  probeSent,
  probeUndecided,
  stateOf,
} from '../../core/routing/breaker.ts'

/** What an attempt said about its engine; null where it said nothing. */
export type Health = 'alive' | 'failed' | null

export type CircuitState = 'closed' | 'open' | 'half-open'

/** A circuit breaker for each engine. */
export interface Circuits {
  /**
   * Runs an attempt unless the circuit is open.
   * @param healthOf judges what it threw
   * @throws DBS-2343 open, nothing was sent; and what the attempt throws
   */
  through<Result>(
    engine: EngineName,
    attempt: () => Promise<Result>,
    healthOf: (error: unknown) => Health,
  ): Promise<Result>
  stateOf(engine: EngineName): CircuitState
}

/** @param now monotonic, in milliseconds */
export function createCircuits(terms: BreakerTerms, now: () => number): Circuits {
  const breakers = new Map<EngineName, Breaker>()
  const breakerOf = (engine: EngineName): Breaker => breakers.get(engine) ?? closed

  return {
    async through(engine, attempt, healthOf) {
      const permission = permissionOf(breakerOf(engine), now())
      if (permission === 'refuse') {
        const { openUntil, probingUntil } = breakerOf(engine)
        const until = Math.max(openUntil ?? 0, probingUntil ?? 0)
        throw DbsvcError.of('DBS-2343', { engine, retryAfterMs: Math.max(1, Math.ceil(until - now())) })
      }
      if (permission === 'probe') breakers.set(engine, probeSent(breakerOf(engine), now(), terms))
      const note = (health: Health): void => {
        const breaker = breakerOf(engine)
        if (health === 'alive') breakers.delete(engine)
        else if (health === 'failed') breakers.set(engine, failed(breaker, now(), permission, terms))
        else if (permission === 'probe') breakers.set(engine, probeUndecided(breaker))
      }
      try {
        const result = await attempt()
        note('alive')
        return result
      } catch (error) {
        note(healthOf(error))
        throw error
      }
    },
    stateOf: (engine) => stateOf(breakerOf(engine), now()),
  }
}
