/** Requests that wait, in a line for each company; companies take turns. */
export class FairQueue<Waiter> {
  /** In the order of their turns. */
  readonly #lines = new Map<string, Waiter[]>()
  #size = 0

  get size(): number {
    return this.#size
  }

  waitingOf(company: string): number {
    return this.#lines.get(company)?.length ?? 0
  }

  add(company: string, waiter: Waiter): void {
    const line = this.#lines.get(company)
    if (line === undefined) this.#lines.set(company, [waiter])
    else line.push(waiter)
    this.#size += 1
  }

  /** One that gave up. */
  remove(company: string, waiter: Waiter): void {
    const line = this.#lines.get(company) ?? []
    const at = line.indexOf(waiter)
    if (at < 0) return
    line.splice(at, 1)
    this.#size -= 1
    if (line.length === 0) this.#lines.delete(company)
  }

  /**
   * Takes the first of the company that has least, and of those that have the same, of the one whose last turn is longest ago.
   * @param has what a company has already, or null where it may not have more now
   */
  next(has: (company: string) => number | null): Waiter | undefined {
    let chosen: string | undefined
    let least = Number.POSITIVE_INFINITY
    for (const company of this.#lines.keys()) {
      const amount = has(company)
      if (amount === null || amount >= least) continue
      chosen = company
      least = amount
      if (least === 0) break
    }
    if (chosen === undefined) return undefined
    const line = this.#lines.get(chosen) ?? []
    const waiter = line.shift()
    this.#size -= 1
    // To the end of the turns.
    this.#lines.delete(chosen)
    if (line.length > 0) this.#lines.set(chosen, line)
    return waiter
  }

  /** Takes all, in no order. */
  drain(): Waiter[] {
    const all = [...this.#lines.values()].flat()
    this.#lines.clear()
    this.#size = 0
    return all
  }

  /** How many could be served if there were enough, each company up to its allowance. */
  servable(allowanceOf: (company: string) => number): number {
    let sum = 0
    for (const [company, line] of this.#lines) sum += Math.min(line.length, allowanceOf(company))
    return sum
  }
}
