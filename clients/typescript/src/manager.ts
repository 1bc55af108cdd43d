import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ClientOptions, MultiDatabaseClient } from './client.ts'
import { DatabaseServiceError, DeadlineExceeded } from './errors.ts'
import type { Sending } from './operations.ts'
import type { Parameters } from './parameters.ts'
import type { Result, Row, Source } from './results.ts'
import { defaultRetry, delayMs, mayRetry, type RetryPolicy } from './retry.ts'
import type { QueryOptions } from './statements.ts'
import type { TenantContext } from './tenant.ts'
import type { Request, Transport } from './transport.ts'

export interface ManagerOptions extends ClientOptions {
  readonly retry?: Partial<RetryPolicy>
  /** Is told of each attempt that failed and is made again. */
  readonly onRetry?: (error: DatabaseServiceError, attempt: number) => void
  /** Is told where each answer came from that says so. */
  readonly onSource?: (source: Source) => void
}

/**
 * The client that tries again: what cannot do a write twice, until the deadline of the operation, with growing pauses. Writes get an
 * idempotency key of their own where the caller gives none. The service itself goes from direct connection to connection pool to cached
 * response.
 */
export class StandardDatabaseManager extends MultiDatabaseClient {
  readonly #retry: RetryPolicy
  readonly #options: ManagerOptions

  constructor(options: ManagerOptions, transport?: Transport) {
    super(options, transport)
    this.#options = options
    this.#retry = { ...defaultRetry, ...options.retry }
  }

  /**
   * Reads, for another context if one is given. Where no connection can be had, a response that the service gave before to the same request will
   * do: `info.ageMs` says how old it is. @throws AllDatabasesFailed
   */
  queryWithFallback<Shape extends Row = Row>(
    sql: string,
    params: Parameters = [],
    context?: TenantContext,
    options: QueryOptions = {},
  ): Promise<Result<Shape>> {
    const client = context === undefined ? this : this.forTenant(context)
    return client.query<Shape>(sql, params, { cache: 'on', ...options })
  }

  protected override keyFor(given: string | undefined): string {
    return given ?? randomUUID()
  }

  protected override async send(request: Request, sending: Sending): Promise<unknown> {
    const deadline = performance.now() + (sending.timeoutMs ?? this.timeoutMs)
    // All attempts are of one trace.
    const traceparent = this.newTraceparent()
    for (let attempt = 1; ; attempt += 1) {
      try {
        const timeoutMs = deadline - performance.now()
        return this.#told(await this.attempt(request, { ...sending, timeoutMs }, traceparent))
      } catch (error) {
        if (!(error instanceof DatabaseServiceError) || error instanceof DeadlineExceeded) throw error
        const pauseMs = delayMs(this.#retry, attempt, error)
        const isLast = attempt >= this.#retry.attempts || performance.now() + pauseMs >= deadline
        if (isLast || request.once || !mayRetry(error, sending.repeatable)) throw error
        this.#options.onRetry?.(error, attempt)
        await sleep(pauseMs, undefined, sending.signal === undefined ? {} : { signal: sending.signal })
      }
    }
  }

  #told(answer: unknown): unknown {
    const { info } = answer as { readonly info?: { readonly source?: Source } }
    if (info?.source !== undefined) this.#options.onSource?.(info.source)
    return answer
  }
}
