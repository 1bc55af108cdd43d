import type { EngineName } from '../../core/engine.ts'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import { mayGoOn, traceOf, verdictOn } from '../../core/routing/attempt.ts'
import type { Way } from '../postgres/gateway.ts'
import { isToldInOtherWords, reasonToTell } from '../told.ts'
import type { Circuits } from './circuits.ts'

/** As the specification names the steps of its fallback hierarchy. */
export type Source = 'direct_connection' | 'connection_pool' | 'cached_response'

const ways = [
  { way: 'direct', source: 'direct_connection' },
  { way: 'pool', source: 'connection_pool' },
] as const satisfies readonly { way: Way; source: Source }[]

/** A step of the hierarchy that failed. */
export interface FailedAttempt {
  readonly engine: EngineName
  readonly way: Source
  /** Null for an error without one. */
  readonly code: string | null
  readonly reason: string
  readonly requestId: string
  readonly company: string
}

export interface Attempts<Result> {
  readonly engine: EngineName
  readonly context: {
    readonly requestId: string
    readonly company: { readonly company: string }
    readonly signal: AbortSignal
  }
  /** Whether it may be sent twice: a read. */
  readonly repeatable: boolean
  /** A write that may be, too: it has an idempotency key, by which it is done once. */
  readonly keyed?: boolean
  run(way: Way): Promise<Result>
  /** What was answered before to the very same request, if anything is left of it. */
  remembered?: (() => Promise<Remembered<Result> | undefined>) | undefined
}

export interface Remembered<Result> {
  readonly value: Result
  readonly ageMs: number
}

export interface Found<Result> {
  readonly value: Result
  readonly source: Source
  /** Of a cached response. */
  readonly ageMs: number | null
}

export interface Hierarchy {
  /**
   * Direct connection, connection pool, cached response.
   * @throws DBS-2340 all failed, and a write was not done; DBS-1105 for a write of which it is not known whether it was done; and answers that are errors, such
   * as those of SQL
   */
  ask<Result>(attempts: Attempts<Result>): Promise<Found<Result>>
}

const nothingCached = 'nothing is cached for this request'

export function createHierarchy(circuits: Circuits, onFailure: (attempt: FailedAttempt) => void): Hierarchy {
  return {
    async ask({ engine, context, repeatable, keyed = false, run, remembered }) {
      let doubt: unknown
      const failures: FailedAttempt[] = []
      const forCaller: { way: Source; reason: string }[] = []
      /** A connection that was merely not at hand is told of once nothing else worked either. */
      let told = 0
      const note = (way: Source, error: unknown, reason = reasonToTell(error)): void => {
        const code = error instanceof DbsvcError ? error.code : null
        const { requestId, company } = context
        forCaller.push({ way, reason })
        failures.push({ engine, way, code, reason: reasonOf(error), requestId, company: company.company })
        if (code === 'DBS-2301' && failures.length === 1) return
        for (const failure of failures.slice(told)) onFailure(failure)
        told = failures.length
      }
      const healthOf = (error: unknown) => (context.signal.aborted ? null : verdictOn(error))

      for (const { way, source } of ways) {
        try {
          return { value: await circuits.through(engine, () => run(way), healthOf), source, ageMs: null }
        } catch (error) {
          const trace = traceOf(error)
          if (trace === null) {
            // The caller is told less of it.
            if (isToldInOtherWords(error)) note(source, error)
            throw error
          }
          note(source, error)
          if (context.signal.aborted || !mayGoOn(trace, repeatable || keyed)) throw error
          if (trace === 'unknown') doubt = error
        }
      }
      if (!repeatable && doubt !== undefined) throw doubt
      if (repeatable) {
        const found = await remembered?.()
        if (found !== undefined) return { ...found, source: 'cached_response' }
        note('cached_response', new Error(nothingCached), nothingCached)
      }
      throw DbsvcError.of('DBS-2340', { engine, attempts: forCaller })
    },
  }
}
