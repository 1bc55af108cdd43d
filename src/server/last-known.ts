import { setTimeout as wait } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'

export interface LastKnownOptions<Value> {
  load(key: string): Promise<Value>
  /** Whether an error of `load` answers the question, as that there is no such thing does. Other errors are silence. */
  readonly isAnswer: (error: unknown) => boolean
  /** What is older, in milliseconds, is loaded again, and nobody waits for it. */
  readonly freshMs: number
  /** What is older than this is waited for. */
  readonly waitAfterMs: number
  /** And is used nevertheless for so long after that, while nothing answers. */
  readonly staleForMs: number
  readonly most: number
}

/** Values as they were last loaded. */
export interface LastKnown<Value> {
  /** @param waitAfterMs less than the usual, for who has a reason to doubt. @throws what `load` threw, when nothing is known */
  get(key: string, waitAfterMs?: number): Promise<Value> | Value
  /** Has everything that is known now waited for when it is next asked for, once a second at most. */
  outdate(): void
}

interface Known<Value> {
  readonly value: Value
  /** When loading began, by performance.now(): what changed meanwhile may have been missed. */
  readonly at: number
}

// Who answers later than that does not answer: whatever is asked for waits so long once, and not for every request.
const patienceMs = 3_000
const retryMs = 1_000
const outdatedAfterMs = 1_000

/** Keeps what is loaded, and goes on with it while whoever is asked is silent. */
export function createLastKnown<Value>(options: LastKnownOptions<Value>): LastKnown<Value> {
  const { load, isAnswer, staleForMs, most } = options
  const values = new LRUCache<string, Known<Value>>({ max: most })
  const loading = new Map<string, Promise<Value>>()
  let isSilent = false
  let triedAt = Number.NEGATIVE_INFINITY
  let outdatedAt = Number.NEGATIVE_INFINITY

  const begin = (key: string): Promise<Value> => {
    const at = performance.now()
    triedAt = at
    const promise = load(key)
      .then(
        (value) => {
          isSilent = false
          values.set(key, { value, at })
          return value
        },
        (error: unknown) => {
          isSilent = !isAnswer(error)
          if (!isSilent) values.delete(key)
          throw error
        },
      )
      .finally(() => loading.delete(key))
    // Not everybody who begins one waits for it.
    promise.catch(() => {})
    loading.set(key, promise)
    return promise
  }

  return {
    outdate() {
      outdatedAt = performance.now()
    },
    get(key, usualMs = options.waitAfterMs) {
      const known = values.get(key)
      const age = known === undefined ? Number.POSITIVE_INFINITY : performance.now() - known.at
      // Whoever floods the channel is not to have PostgreSQL asked for each request.
      const waitAfterMs = known !== undefined && known.at <= outdatedAt ? Math.min(usualMs, outdatedAfterMs) : usualMs
      if (known !== undefined && age <= Math.min(options.freshMs, waitAfterMs)) return known.value
      const underWay = loading.get(key)
      if (known === undefined || age > options.waitAfterMs + staleForMs) return underWay ?? begin(key)
      if (isSilent || age <= waitAfterMs) {
        if (underWay === undefined && (!isSilent || performance.now() - triedAt > retryMs)) begin(key)
        return known.value
      }
      return orKnown(underWay ?? begin(key), known.value)
    },
  }

  async function orKnown(asked: Promise<Value>, known: Value): Promise<Value> {
    const enough = new AbortController()
    const patience = wait(patienceMs, undefined, { signal: enough.signal, ref: false }).then(
      () => {
        isSilent = true
        return known
      },
      () => known,
    )
    try {
      return await Promise.race([asked, patience])
    } catch (error) {
      if (isAnswer(error)) throw error
      return known
    } finally {
      enough.abort()
    }
  }
}
