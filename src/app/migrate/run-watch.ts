import type { Blocker } from '../../core/run/blocker.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { isConnectionLoss } from '../../engines/postgres/connection.ts'
import { readBlockers } from '../../engines/postgres/migration/blockers.ts'
import { type RunRequest, readRequest } from '../../engines/postgres/migration/run-record.ts'
import type { Session } from '../session.ts'
import type { AnyWorker } from './drivers/driver.ts'

const pollMs = 1_000
// A batch takes less; what takes longer may be waiting for a lock.
const suspiciousMs = 500

/** Looks once a second, while a run goes, for what others ask of it and for whom its workers wait. */
export class RunWatch {
  readonly #session: Session
  readonly #runId: string
  readonly #onEvent: (event: RunEvent) => void
  readonly #asked = new AbortController()
  readonly #blockers = new Map<string, Blocker>()
  readonly #timer: NodeJS.Timeout
  #workers: readonly AnyWorker[] = []
  #told = new Set<number>()
  #request: RunRequest | undefined
  #looking = false
  #loss: unknown

  constructor(session: Session, runId: string, onEvent: (event: RunEvent) => void) {
    this.#session = session
    this.#runId = runId
    this.#onEvent = onEvent
    this.#timer = setInterval(() => void this.#look(), pollMs)
  }

  /** Aborts when somebody has asked the run to end. */
  get signal(): AbortSignal {
    return this.#asked.signal
  }

  get request(): RunRequest | undefined {
    return this.#request
  }

  /** @throws what has ended the session that holds the run's locks, if anything has */
  requireSession(): void {
    if (this.#loss !== undefined) throw this.#loss
  }

  /** From now on it is these that are watched; each session in their way is told of once. */
  watch(workers: readonly AnyWorker[]): void {
    this.#workers = workers
    this.#told = new Set()
  }

  /** Who was last seen in the way of a company. */
  blockerOf(company: string): Blocker | null {
    return this.#blockers.get(company) ?? null
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    try {
      const request = await readRequest(this.#session.client, this.#runId)
      if (request !== null) {
        this.#request = request
        this.#asked.abort()
      }
      await this.#lookForBlockers()
    } catch (error) {
      // Whoever may not look at locks goes without. With the connection the run's locks are gone, and others may begin.
      if (!isConnectionLoss(error)) return
      this.#loss ??= error
      this.#asked.abort()
    } finally {
      this.#looking = false
    }
  }

  async #lookForBlockers(): Promise<void> {
    const since = performance.now() - suspiciousMs
    const waiting = this.#workers
      .flatMap((worker) => worker.activity ?? [])
      .filter(({ busySince }) => busySince !== undefined && busySince < since)
    if (waiting.length === 0) return
    const pids = waiting.map(({ backendPid }) => backendPid)
    for (const { waiting: _waiting, ...blocker } of await readBlockers(this.#session.client, pids)) {
      this.#blockers.set(blocker.company ?? '', blocker)
      if (this.#told.has(blocker.pid)) continue
      this.#told.add(blocker.pid)
      this.#onEvent({ type: 'blocked', blocker })
    }
  }
}
