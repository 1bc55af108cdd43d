import { randomBytes } from 'node:crypto'

/** How to send one statement: the name to bind, whether it must be parsed first, and what to close to make room. */
export interface Preparation {
  readonly name: string
  readonly parse: boolean
  readonly close: string | undefined
}

const mostKept = 500

/**
 * The prepared statements of one connection. Names are random, because a known one could be deallocated and prepared
 * again by a company for the next one to run. PostgreSQL plans again when search_path changes, so each company has its own.
 */
export class PreparedStatements {
  readonly #prefix = randomBytes(12).toString('hex')
  readonly #names = new Map<string, string>()
  readonly #parsed = new Set<string>()
  /** How many each company has. */
  readonly #companies = new Map<string, number>()
  #made = 0

  readonly enter = `${this.#prefix}_enter`

  isParsed(name: string): boolean {
    return this.#parsed.has(name)
  }

  /** The server has parsed it. */
  keep(name: string): void {
    this.#parsed.add(name)
  }

  /** Whether any of the company's is kept. */
  has(company: string): boolean {
    return this.#companies.has(company)
  }

  prepare(company: string, text: string): Preparation {
    const key = `${company} ${text}`
    const known = this.#names.get(key)
    const name = known ?? `${this.#prefix}_${++this.#made}`
    if (known === undefined) this.#count(company, 1)
    // Moves it to the young end.
    this.#names.delete(key)
    this.#names.set(key, name)
    return { name, parse: !this.#parsed.has(name), close: this.#evict() }
  }

  /** Forgets a statement that the server no longer accepts, such as one whose columns a migration changed. */
  forget(company: string, text: string): void {
    if (this.#names.delete(`${company} ${text}`)) this.#count(company, -1)
  }

  #evict(): string | undefined {
    if (this.#names.size <= mostKept) return undefined
    const [oldest] = this.#names
    if (oldest === undefined) return undefined
    const [key, name] = oldest
    this.#names.delete(key)
    this.#parsed.delete(name)
    this.#count(key.slice(0, key.indexOf(' ')), -1)
    return name
  }

  #count(company: string, change: 1 | -1): void {
    const count = (this.#companies.get(company) ?? 0) + change
    if (count > 0) this.#companies.set(company, count)
    else this.#companies.delete(company)
  }
}
