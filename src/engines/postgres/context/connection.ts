import type pg from 'pg'
import { type CancelTarget, requestCancel } from '../cancel.ts'
import { EmptyGroup } from './empty-group.ts'
import type { Exchange } from './exchange.ts'
import { PreparedStatements } from './prepared-statements.ts'
import { Submission } from './submission.ts'
import { type Wire, wireOf } from './wire.ts'

export interface RunLimits {
  /** After so long the server is asked to cancel. */
  readonly deadlineMs: number
  /** How long it may take to obey, before the connection is destroyed. */
  readonly cancelMs: number
  readonly signal?: AbortSignal | undefined
}

/** How an exchange ended: ready and outside of any transaction, ready and still inside one, or without ReadyForQuery. */
export type Outcome = 'idle' | 'transaction' | 'lost'

/** What the handshake found out. */
export interface SessionFacts {
  readonly backendPid: number
  /** The server's clock minus this process's monotonic one, in milliseconds. */
  readonly clockOffsetMs: number
  readonly cancelTarget: CancelTarget
}

/**
 * One session of the shared role. It is trusted only while it behaves: a transaction left open, a setting reported as changed, a
 * notification or a disturbing statement ends it, and nothing of another company runs on it.
 */
export class ContextConnection {
  readonly prepared = new PreparedStatements()
  /** The companies served so far: each leaves its tables in the session's cache of the catalogue. */
  readonly companies = new Set<string>()
  readonly facts: SessionFacts
  /** performance.now() when a request last gave it back. */
  usedAt = Number.NEGATIVE_INFINITY
  /** Called when it has ended, whoever ended it. */
  onEnd: () => void = () => {}

  readonly #client: pg.Client
  readonly #wire: Wire
  #exchange: Exchange | undefined
  #settle: ((outcome: Outcome) => void) | undefined
  #distrust: string | undefined
  #lastCompany: string | undefined
  #cancellation: Promise<boolean> | undefined
  #interrupt: () => void = () => {}

  constructor(client: pg.Client, facts: SessionFacts) {
    this.facts = facts
    this.#client = client
    this.#wire = wireOf(client.connection)
    this.#wire.on('parseComplete', () => this.#exchange?.parsed())
    this.#wire.on('copyOutResponse', () => this.#exchange?.copying())
    // Also sent when the server's configuration is reloaded; starting afresh is right then too.
    this.#wire.on('parameterStatus', ({ parameterName }) => this.#suspect(`the session's ${parameterName} changed`))
    this.#wire.on('notification', () => this.#suspect('the session listens'))
    this.#wire.on('readyForQuery', ({ status }) => this.#ready(status))
    this.#wire.on('end', () => this.#lose('the connection ended'))
    client.on('error', (error) => this.#lose(error.message))
  }

  /** Why the connection must not be used again, if so. */
  get distrust(): string | undefined {
    return this.#distrust
  }

  /** Whether a cancellation is under way, so that the connection needs a rest before its next exchange. */
  get tired(): boolean {
    return this.#cancellation !== undefined
  }

  /** Whether it served the company last, or has kept statements of it. */
  isWarmFor(company: string): boolean {
    return this.#lastCompany === company || this.prepared.has(company)
  }

  /** Its next exchange is the company's. */
  serve(company: string): void {
    this.companies.add(company)
    this.#lastCompany = company
  }

  /** The server's time, in milliseconds since 1970. */
  serverTimeMs(): number {
    return performance.now() + this.facts.clockOffsetMs
  }

  /** Runs one exchange to ReadyForQuery or to the end of the connection, whichever comes first; says which. Never rejects. */
  async run(exchange: Exchange, { deadlineMs, cancelMs, signal }: RunLimits): Promise<Outcome> {
    let impatience: NodeJS.Timeout | undefined
    const interrupt = (): void => {
      if (this.#exchange !== exchange || this.#cancellation !== undefined) return
      impatience = setTimeout(() => this.destroy('it did not obey a cancellation'), cancelMs)
      this.#cancellation = requestCancel(this.facts.cancelTarget, cancelMs)
    }
    this.#interrupt = interrupt
    const deadline = setTimeout(interrupt, deadlineMs)
    signal?.addEventListener('abort', interrupt, { once: true })
    try {
      const outcome = this.#say(exchange)
      if (signal?.aborted === true) interrupt()
      return await outcome
    } finally {
      clearTimeout(deadline)
      clearTimeout(impatience)
      signal?.removeEventListener('abort', interrupt)
    }
  }

  /** Has the server cancel the exchange under way, as at its deadline. */
  interrupt(): void {
    this.#interrupt()
  }

  /** Waits until no cancellation can reach the next exchange, or destroys the connection. */
  async rest({ cancelMs }: Pick<RunLimits, 'cancelMs'>): Promise<void> {
    const signalled = await this.#cancellation
    if (signalled !== true) return this.destroy('it is not known whether a cancellation is still to come')
    if (this.#distrust === undefined) {
      const impatience = setTimeout(() => this.destroy('it did not come to rest after a cancellation'), cancelMs)
      await this.#say(new EmptyGroup())
      clearTimeout(impatience)
    }
    this.#cancellation = undefined
  }

  /** Takes leave of the server; nothing runs on it any more. */
  end(): void {
    if (this.#distrust === undefined) this.#client.end().catch(() => {})
    else this.#wire.stream.destroy()
  }

  /** Ends the connection at once; the server rolls back what is under way. */
  destroy(reason: string): void {
    this.#distrust ??= reason
    this.#wire.stream.destroy()
  }

  #say(exchange: Exchange): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#exchange = exchange
      this.#settle = resolve
      this.#client.query(new Submission(exchange, (error) => this.#lose(error.message)))
    })
  }

  #ready(status: string): void {
    const exchange = this.#exchange
    if (exchange?.answered !== true) {
      this.#lose('an answer came that was not asked for')
      return
    }
    if (status !== 'I') this.#suspect('it left a transaction open')
    if (exchange.disturbance !== undefined) this.#suspect(exchange.disturbance)
    if (this.#distrust !== undefined) this.#wire.stream.destroy()
    this.#finish(status === 'I' ? 'idle' : 'transaction')
  }

  #suspect(reason: string): void {
    this.#distrust ??= reason
    // Idle, there is no ReadyForQuery to wait for.
    if (this.#exchange === undefined) this.#wire.stream.destroy()
  }

  #lose(reason: string): void {
    this.destroy(reason)
    this.#finish('lost')
    this.onEnd()
  }

  #finish(outcome: Outcome): void {
    const settle = this.#settle
    this.#exchange = undefined
    this.#settle = undefined
    settle?.(outcome)
  }
}
