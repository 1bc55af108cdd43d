import { setTimeout as sleep } from 'node:timers/promises'
import { DbsvcError } from '../../core/errors/error.ts'
import { backoffMs } from '../../core/migration/backoff.ts'
import { type BatchLimits, BatchSize } from '../../core/migration/batch-size.ts'
import { type BatchOutcome, type PassingFailure, TargetsTaken } from '../../engines/engine.ts'
import { TargetQueue } from './target-queue.ts'

/** One target that a roll-out could not bring over, and why. */
export interface TargetFailure {
  readonly target: string
  readonly error: DbsvcError
}

export interface RollOutResult {
  /** Targets brought over, in no particular order. */
  readonly done: readonly string[]
  readonly failures: readonly TargetFailure[]
  /** Targets that another run has brought somewhere meanwhile. */
  readonly moved: readonly string[]
  /** Targets not attempted: an interruption, or nothing but failures. */
  readonly skipped: readonly string[]
}

/** How far a roll-out is. */
export interface RollOutProgress {
  readonly done: readonly string[]
  readonly failures: readonly TargetFailure[]
}

export interface Retry {
  readonly target: string
  /** The one that comes, from 2 on. */
  readonly attempt: number
  readonly delayMs: number
  readonly reason: string
}

export interface RollOutOptions<Worker> {
  readonly workers: readonly Worker[]
  readonly limits: BatchLimits
  readonly signal: AbortSignal
  /** Brings all of these over, or none of them. */
  readonly work: (worker: Worker, targets: readonly string[]) => Promise<BatchOutcome>
  /** Whether a failure may pass by itself, such as a lock that was not granted; undefined for one that will not. */
  readonly passing?: (error: unknown) => PassingFailure | undefined
  /** How often a target is tried when its failure may pass. */
  readonly attempts?: number
  /** Every target is tried, even where the first ones all fail: what is wrong with one says nothing of the others. */
  readonly independent?: boolean
  /** How long a target is waited for that another run holds. */
  readonly busyMs?: number
  /** Which targets are still where this roll-out begins; asked when another run has moved some. */
  readonly remaining?: () => Promise<readonly string[]>
  /** Asked between batches; true ends the roll-out, and leaves the rest skipped. */
  readonly stop?: (progress: RollOutProgress) => boolean
  readonly onProgress?: (progress: RollOutProgress) => void
  readonly onRetry?: (retry: Retry) => void
  /** Told once, when there is nothing left but targets that another run holds. */
  readonly onBusy?: (targets: readonly string[]) => void
}

// The first so many targets failing, without one success, is the migration's fault and not a company's.
const hopelessFailures = 3
// Failures that say nothing of the migration: a target in another run's hands, a lock, a hook.
const circumstances = ['DBS-1409', 'DBS-1505', 'DBS-1508']
const busyPollMs = 200
const smallShare = 10

/**
 * Runs `work` over all targets in batches, one batch per worker at a time. A failing batch is halved until the failing
 * targets stand alone, so that every other target is brought over. Other runs may do the same at the same time.
 * @throws what is no target's fault, such as DBS-1105 for a lost connection
 */
export async function rollOut<Worker>(
  targets: readonly string[],
  options: RollOutOptions<Worker>,
): Promise<RollOutResult> {
  const running = new RollOut(targets, options)
  const outcomes = await Promise.allSettled(options.workers.map((worker) => running.drain(worker)))
  const broken = outcomes.find((outcome) => outcome.status === 'rejected')
  if (broken !== undefined) throw broken.reason
  return running.result()
}

class RollOut<Worker> {
  readonly #targets: readonly string[]
  readonly #options: RollOutOptions<Worker>
  readonly #queue: TargetQueue
  readonly #size: BatchSize
  readonly #done: string[] = []
  readonly #failures: TargetFailure[] = []
  readonly #moved = new Set<string>()
  readonly #attempts = new Map<string, number>()
  readonly #busySince = new Map<string, number>()
  #broken = false
  #toldBusy = false

  constructor(targets: readonly string[], options: RollOutOptions<Worker>) {
    this.#targets = targets
    this.#options = options
    this.#queue = new TargetQueue(targets)
    this.#size = new BatchSize(options.limits)
  }

  async drain(worker: Worker): Promise<void> {
    try {
      while (!this.#stopped()) {
        const batch = this.#queue.take(this.#nextSize(), performance.now())
        if (batch.length > 0) {
          await this.#attempt(worker, batch)
          continue
        }
        const { nextDue } = this.#queue
        if (nextDue === undefined) return
        this.#tellBusy()
        await sleep(Math.max(1, nextDue - performance.now()), undefined, { signal: this.#options.signal }).catch(
          () => {},
        )
      }
    } catch (error) {
      this.#broken = true
      throw error
    }
  }

  #tellBusy(): void {
    if (this.#toldBusy || this.#busySince.size === 0) return
    this.#toldBusy = true
    this.#options.onBusy?.([...this.#busySince.keys()])
  }

  result(): RollOutResult {
    const attempted = new Set([...this.#done, ...this.#failures.map(({ target }) => target), ...this.#moved])
    this.#failures.sort((a, b) => (a.target < b.target ? -1 : 1))
    return {
      done: this.#done,
      failures: this.#failures,
      moved: [...this.#moved],
      skipped: this.#targets.filter((target) => !attempted.has(target)),
    }
  }

  /** Towards the end batches get smaller, so that no worker is left with the last big one. */
  #nextSize(): number {
    const share = Math.ceil(this.#queue.length / this.#options.workers.length)
    return Math.min(this.#size.next(), Math.max(share, smallShare))
  }

  #stopped(): boolean {
    const own = this.#failures.filter(({ error }) => !circumstances.includes(error.code)).length
    const hopeless =
      this.#options.independent !== true && this.#done.length === 0 && this.#moved.size === 0 && own >= hopelessFailures
    return this.#broken || hopeless || this.#options.signal.aborted || (this.#options.stop?.(this.#progress()) ?? false)
  }

  #progress(): RollOutProgress {
    return { done: this.#done, failures: this.#failures }
  }

  async #attempt(worker: Worker, batch: readonly string[]): Promise<void> {
    if (this.#stopped()) return
    try {
      const outcome = await this.#options.work(worker, batch)
      this.#size.record({ targets: batch.length, ...outcome })
      this.#done.push(...batch)
      this.#options.onProgress?.(this.#progress())
    } catch (error) {
      if (isEverybodys(error)) throw error
      if (error instanceof TargetsTaken) await this.#goOnWithout(worker, batch, error)
      else await this.#narrow(worker, batch, error)
    }
  }

  /** Another run has some of the batch: the others are not held up. */
  async #goOnWithout(worker: Worker, batch: readonly string[], { busy, moved }: TargetsTaken): Promise<void> {
    for (const target of moved) this.#moved.add(target)
    for (const target of busy) this.#waitFor(target)
    const taken = new Set([...busy, ...moved])
    if (moved.length > 0) await this.#leaveOutMoved()
    else this.#queue.rotate(Math.random)
    const free = batch.filter((target) => !taken.has(target))
    if (free.length > 0) await this.#attempt(worker, free)
  }

  #waitFor(target: string): void {
    const now = performance.now()
    const since = this.#busySince.get(target) ?? now
    this.#busySince.set(target, since)
    if (now - since > (this.#options.busyMs ?? 0)) this.#fail(target, DbsvcError.of('DBS-1409', { target }))
    else this.#queue.defer(target, now + busyPollMs * (0.5 + Math.random()))
  }

  async #leaveOutMoved(): Promise<void> {
    const remaining = await this.#options.remaining?.()
    if (remaining === undefined) return
    for (const target of this.#queue.keep(new Set(remaining))) this.#moved.add(target)
  }

  async #narrow(worker: Worker, batch: readonly string[], error: unknown): Promise<void> {
    const passing = this.#options.passing?.(error)
    const [only] = batch
    if (batch.length > 1 || only === undefined) {
      if (passing?.tooMuch === true) this.#size.refused(batch.length)
      const middle = Math.ceil(batch.length / 2)
      await this.#attempt(worker, batch.slice(0, middle))
      await this.#attempt(worker, batch.slice(middle))
      return
    }
    if (!(error instanceof DbsvcError)) throw error
    const attempt = (this.#attempts.get(only) ?? 1) + 1
    if (passing === undefined || attempt > (this.#options.attempts ?? 1)) {
      this.#fail(only, error)
      return
    }
    this.#attempts.set(only, attempt)
    const delayMs = backoffMs(attempt - 1, Math.random)
    this.#options.onRetry?.({ target: only, attempt, delayMs, reason: passing.reason })
    this.#queue.defer(only, performance.now() + delayMs)
  }

  #fail(target: string, error: DbsvcError): void {
    this.#failures.push({ target, error })
    this.#options.onProgress?.(this.#progress())
  }
}

const isEverybodys = (error: unknown): boolean =>
  error instanceof DbsvcError && ['DBS-1101', 'DBS-1105'].includes(error.code)
