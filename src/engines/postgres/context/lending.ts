import { DbsvcError } from '../../../core/errors/error.ts'
import type { ContextConnection } from './connection.ts'
import { EmptyGroup } from './empty-group.ts'
import { FairQueue } from './fair-queue.ts'
import { IdleConnections } from './idle-connections.ts'
import { type Lease, lease } from './lease.ts'
import { Shares, type ShareTerms } from './shares.ts'
import { createWaiter, type Waiter } from './waiting.ts'

export interface LendingTerms extends ShareTerms {
  /** Requests of one company that wait; the next is refused. */
  readonly waitingPerCompany: number
  readonly waitMs: number
  /** Unused connections beyond these are closed. */
  readonly min: number
  readonly idleMs: number
  /** One that was unused for so long is tried before it is trusted further. */
  readonly checkMs: number
  readonly cancelMs: number
  readonly recycleAfterCompanies: number
}

export interface Wanted {
  readonly company: string
  /** `direct` takes one that is free at once and warm for the company, or none. */
  readonly way: 'direct' | 'pool'
  readonly signal?: AbortSignal | undefined
  /** It is no use of the connection, which is closed when it would have been closed without; one opened for it, soon. */
  readonly passing?: boolean | undefined
}

// Made once: it is thrown for every other request, and its stack tells nothing.
const notWarm = DbsvcError.of('DBS-2301', { reason: 'none that is free is warm for the company' })

/** After the server refused one more connection, while there are others. */
const connectPauseMs = 1_000

/** Lends connections to one request at a time, fairly between companies. */
export class Lending {
  readonly #open: () => Promise<ContextConnection>
  readonly #place: string
  readonly #terms: LendingTerms
  readonly #shares: Shares
  readonly #queue = new FairQueue<Waiter>()
  readonly #idle = new IdleConnections()
  readonly #connections = new Set<ContextConnection>()
  readonly #upkeep: NodeJS.Timeout
  #connecting = 0
  #connectAfter = Number.NEGATIVE_INFINITY
  #closing: { readonly promise: Promise<void>; resolve(): void } | undefined

  /** @param open @throws DBS-1101, DBS-1102 */
  constructor(open: () => Promise<ContextConnection>, place: string, terms: LendingTerms) {
    this.#open = open
    this.#place = place
    this.#terms = terms
    this.#shares = new Shares(terms)
    const everyMs = Math.max(10, Math.min(terms.idleMs, terms.checkMs) / 2)
    this.#upkeep = setInterval(() => this.#lookAfter(), everyMs).unref()
  }

  /**
   * @throws DBS-2301 none by this way, DBS-2302 the company has its share and its queue is full or too slow, DBS-1101 and DBS-1102
   * the server cannot be reached, or the signal's reason
   */
  async take({ company, way, signal, passing }: Wanted): Promise<Lease> {
    signal?.throwIfAborted()
    if (this.#closing !== undefined) throw this.#unreachable('the pool is closed')
    if (way === 'direct') return this.#takeWarm(company, passing)
    if (this.#queue.waitingOf(company) >= this.#terms.waitingPerCompany) throw usedUp(company)
    const waiting = createWaiter({
      company,
      passing,
      signal,
      waitMs: this.#terms.waitMs,
      tooLong: () => this.#whyNot(company),
      leave: (waiter) => this.#queue.remove(company, waiter),
    })
    this.#queue.add(company, waiting.waiter)
    this.#serve()
    waiting.start()
    return waiting.lease
  }

  counts(): { readonly open: number; readonly idle: number; readonly waiting: number } {
    return { open: this.#connections.size, idle: this.#idle.size, waiting: this.#queue.size }
  }

  /** Resolves when everybody who has or waits for a connection is done. */
  close(): Promise<void> {
    if (this.#closing === undefined) {
      clearInterval(this.#upkeep)
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#closing = { promise, resolve }
      for (const connection of this.#idle.takeAll()) this.#leave(connection)
      this.#endIfDone()
    }
    return this.#closing.promise
  }

  #takeWarm(company: string, passing: boolean | undefined): Lease {
    const found = this.#shares.allowanceOf(company) > 0 ? this.#idle.takeWarm(company) : undefined
    if (found !== undefined) return this.#lend({ company, passing }, found)
    throw notWarm
  }

  /** Gives what is free to whoever's turn it is, and sees to it that there is more where it is wanted. */
  #serve(): void {
    while (this.#idle.size > 0) {
      const waiter = this.#queue.next((company) =>
        this.#shares.allowanceOf(company) > 0 ? this.#shares.usedBy(company) : null,
      )
      if (waiter === undefined) break
      const connection = this.#idle.takeAny(waiter.company)
      if (connection !== undefined) waiter.give(this.#lend(waiter, connection))
    }
    if (this.#queue.size === 0) return
    const room = this.#terms.max - this.#connections.size - this.#connecting
    if (room <= 0 || performance.now() < this.#connectAfter) return
    const wanted = this.#queue.servable((company) => this.#shares.allowanceOf(company)) - this.#connecting
    for (let more = Math.min(room, wanted); more > 0; more -= 1) void this.#connect()
  }

  #lend({ company, passing }: Pick<Wanted, 'company' | 'passing'>, connection: ContextConnection): Lease {
    this.#shares.take(company)
    connection.serve(company)
    return lease(connection, this.#terms.cancelMs, () => {
      this.#shares.giveBack(company)
      if (passing !== true) connection.usedAt = performance.now()
      this.#takeBack(connection)
    })
  }

  #takeBack(connection: ContextConnection): void {
    const isWorn = connection.companies.size >= this.#terms.recycleAfterCompanies
    const isLeft = this.#closing !== undefined && this.#queue.size === 0
    if (connection.distrust !== undefined || isWorn || isLeft) this.#leave(connection)
    else this.#idle.add(connection)
    this.#serve()
  }

  async #connect(): Promise<void> {
    this.#connecting += 1
    try {
      const connection = await this.#open()
      this.#connecting -= 1
      this.#connections.add(connection)
      connection.onEnd = () => this.#lost(connection)
      this.#takeBack(connection)
    } catch (error) {
      this.#connecting -= 1
      // With others at work, or on their way, one of them comes free.
      if (this.#connections.size > 0) this.#connectAfter = performance.now() + connectPauseMs
      else if (this.#connecting === 0) for (const waiter of this.#queue.drain()) waiter.refuse(error)
    }
    this.#endIfDone()
  }

  /** The server, or what it was distrusted for, has ended it. One in use is told by its lease. */
  #lost(connection: ContextConnection): void {
    if (!this.#idle.remove(connection)) return
    this.#leave(connection)
    this.#serve()
  }

  #leave(connection: ContextConnection): void {
    this.#connections.delete(connection)
    connection.end()
    this.#endIfDone()
  }

  #endIfDone(): void {
    if (this.#connections.size === 0 && this.#connecting === 0 && this.#queue.size === 0) this.#closing?.resolve()
  }

  #lookAfter(): void {
    const { min, idleMs, checkMs } = this.#terms
    for (const connection of this.#idle.unusedFor(idleMs)) {
      if (this.#connections.size <= min) break
      this.#idle.remove(connection)
      this.#leave(connection)
    }
    for (const connection of this.#idle.unusedFor(checkMs)) void this.#check(connection)
    this.#serve()
  }

  /** A server that went away without a word is found out before a request is sent to it. */
  async #check(connection: ContextConnection): Promise<void> {
    const { cancelMs } = this.#terms
    this.#idle.remove(connection)
    const outcome = await connection.run(new EmptyGroup(), { deadlineMs: cancelMs, cancelMs })
    if (outcome !== 'idle' || connection.tired) connection.destroy('it did not answer when it was tried')
    if (connection.distrust !== undefined || this.#closing !== undefined) this.#leave(connection)
    else this.#idle.add(connection)
    this.#serve()
  }

  #whyNot(company: string): DbsvcError {
    const { waitMs } = this.#terms
    if (this.#connections.size === 0) return this.#unreachable(`there was no connection within ${waitMs} ms`)
    if (this.#shares.allowanceOf(company) === 0 && this.#shares.usedBy(company) > 0) return usedUp(company)
    return DbsvcError.of('DBS-2301', { reason: `all were busy for ${waitMs} ms` })
  }

  #unreachable(reason: string): DbsvcError {
    return DbsvcError.of('DBS-1101', { engine: 'PostgreSQL', place: this.#place, reason })
  }
}

const usedUp = (company: string): DbsvcError => DbsvcError.of('DBS-2302', { company, retryAfterSeconds: 1 })
