export interface ShareTerms {
  /** Of all companies together. */
  readonly max: number
  /** Of one company at a time. */
  readonly maxPerCompany: number
  /**
   * Up to so many a company may always have. A company that has them already leaves as many free: however many a few companies
   * use, the next one finds some.
   */
  readonly reservedPerCompany: number
}

/** Who has how many connections in use, and who may have one more. */
export class Shares {
  readonly #terms: ShareTerms
  readonly #used = new Map<string, number>()
  #total = 0

  constructor(terms: ShareTerms) {
    this.#terms = terms
  }

  get total(): number {
    return this.#total
  }

  usedBy(company: string): number {
    return this.#used.get(company) ?? 0
  }

  /** How many more the company may have now, whether or not there are any. */
  allowanceOf(company: string): number {
    const { max, maxPerCompany, reservedPerCompany } = this.#terms
    const used = this.usedBy(company)
    const free = max - this.#total
    const reserved = Math.max(0, reservedPerCompany - used)
    return Math.max(0, Math.min(maxPerCompany - used, Math.max(reserved, free - reservedPerCompany), free))
  }

  take(company: string): void {
    this.#used.set(company, this.usedBy(company) + 1)
    this.#total += 1
  }

  giveBack(company: string): void {
    const left = this.usedBy(company) - 1
    if (left > 0) this.#used.set(company, left)
    else this.#used.delete(company)
    this.#total -= 1
  }
}
