export interface BatchLimits {
  /** Targets in one transaction at most. */
  readonly targets: number
  /** How long one transaction may hold its locks, in ms. */
  readonly durationMs: number
  /** Entries of the server's lock table that one transaction may take; Infinity where that is not known. */
  readonly locks: number
  /** Targets of the first one, before anything is known; 1 unless a batch cannot lock anybody out. */
  readonly first?: number
}

/** What one batch took. */
export interface BatchCost {
  readonly targets: number
  readonly durationMs: number
  /** Entries of the lock table; null where they were not counted. */
  readonly locks: number | null
}

// A batch that takes twice as long as the last one still keeps within its time.
const safety = 2

/**
 * How many targets the next batch of a migration may have. The first one has one target, which is measured: a migration may lock
 * and take whatever it likes.
 */
export class BatchSize {
  readonly #limits: BatchLimits
  #most: number
  #msPerTarget: number | undefined
  #locksPerTarget = 0

  constructor(limits: BatchLimits) {
    this.#limits = limits
    this.#most = limits.targets
  }

  next(): number {
    if (this.#msPerTarget === undefined) return Math.min(this.#limits.first ?? 1, this.#most)
    const inTime = this.#limits.durationMs / (safety * this.#msPerTarget)
    const inLocks = this.#locksPerTarget === 0 ? Number.POSITIVE_INFINITY : this.#limits.locks / this.#locksPerTarget
    return Math.max(1, Math.floor(Math.min(this.#most, inTime, inLocks)))
  }

  record({ targets, durationMs, locks }: BatchCost): void {
    // The latest counts: later companies may have more rows than the first.
    this.#msPerTarget = durationMs / targets
    if (locks !== null) this.#locksPerTarget = Math.max(this.#locksPerTarget, locks / targets)
  }

  /** A batch of so many was too much for the server. */
  refused(targets: number): void {
    this.#most = Math.max(1, Math.min(this.#most, Math.floor(targets / 2)))
  }
}
