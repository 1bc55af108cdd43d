/** A target that is to be tried again, and when at the earliest, in ms of the caller's clock. */
interface Deferred {
  readonly target: string
  readonly dueAt: number
}

/** The targets that a step has still to bring over. Workers take batches off its head; what must wait comes back alone. */
export class TargetQueue {
  #ready: string[]
  #deferred: Deferred[] = []

  constructor(targets: readonly string[]) {
    this.#ready = [...targets]
  }

  /** Up to `size` targets, or a single deferred one that is due; none when there is nothing to do now. */
  take(size: number, now: number): readonly string[] {
    // What waits for others comes last: by then they may be through.
    if (this.#ready.length > 0) return this.#ready.splice(0, size)
    const due = this.#deferred.findIndex(({ dueAt }) => dueAt <= now)
    return due === -1 ? [] : this.#deferred.splice(due, 1).map(({ target }) => target)
  }

  /** How many there are to take at once. */
  get length(): number {
    return this.#ready.length
  }

  defer(target: string, dueAt: number): void {
    this.#deferred.push({ target, dueAt })
  }

  /** When the next deferred target is due; undefined when the queue is empty for good. */
  get nextDue(): number | undefined {
    return this.#deferred.length === 0 ? undefined : Math.min(...this.#deferred.map(({ dueAt }) => dueAt))
  }

  /** Goes on at another place: where one batch is another run's, so are its neighbours. */
  rotate(random: () => number): void {
    this.#ready.push(...this.#ready.splice(0, Math.floor(random() * this.#ready.length)))
  }

  /** Leaves out what is not in `remaining`. @returns what was left out */
  keep(remaining: ReadonlySet<string>): readonly string[] {
    const gone = this.#ready.filter((target) => !remaining.has(target))
    if (gone.length > 0) this.#ready = this.#ready.filter((target) => remaining.has(target))
    return gone
  }
}
