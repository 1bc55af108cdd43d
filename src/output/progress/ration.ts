/** Lets the first few of many alike through, and counts the others. */
export class Ration {
  readonly #most: number
  #used = 0
  #withheld = 0

  constructor(most: number) {
    this.#most = most
  }

  take(): boolean {
    this.#used += 1
    if (this.#used <= this.#most) return true
    this.#withheld += 1
    return false
  }

  /** How many were withheld since this was asked last. */
  withheld(): number {
    const withheld = this.#withheld
    this.#withheld = 0
    return withheld
  }
}
