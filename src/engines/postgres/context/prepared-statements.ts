import { randomBytes } from 'node:crypto'

/** How to send one statement: the name to bind, whether it must be parsed first, and what to close to make room. */
export interface Preparation {
  readonly name: string
  readonly parse: boolean
  readonly close: string | undefined
}

const mostKept = 200

/**
 * The prepared statements of one connection. Names are random, because a known one could be deallocated and prepared
 * again by a company for the next one to run. PostgreSQL plans again when search_path changes, so each company has its own.
 */
export class PreparedStatements {
  readonly #prefix = randomBytes(12).toString('hex')
  readonly #names = new Map<string, string>()
  readonly #parsed = new Set<string>()
  #made = 0

  readonly enter = `${this.#prefix}_enter`

  isParsed(name: string): boolean {
    return this.#parsed.has(name)
  }

  /** The server has parsed it. */
  keep(name: string): void {
    this.#parsed.add(name)
  }

  prepare(company: string, text: string): Preparation {
    const key = `${company} ${text}`
    const known = this.#names.get(key)
    const name = known ?? `${this.#prefix}_${++this.#made}`
    // Moves it to the young end.
    this.#names.delete(key)
    this.#names.set(key, name)
    return { name, parse: !this.#parsed.has(name), close: this.#evict() }
  }

  /** Forgets a statement that the server no longer accepts, such as one whose columns a migration changed. */
  forget(company: string, text: string): void {
    this.#names.delete(`${company} ${text}`)
  }

  #evict(): string | undefined {
    if (this.#names.size <= mostKept) return undefined
    const [oldest] = this.#names
    if (oldest === undefined) return undefined
    this.#names.delete(oldest[0])
    this.#parsed.delete(oldest[1])
    return oldest[1]
  }
}
