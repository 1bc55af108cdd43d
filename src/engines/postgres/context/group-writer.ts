import type { PreparedStatements } from './prepared-statements.ts'
import type { BoundStatement } from './statement.ts'
import type { Wire } from './wire.ts'

const enterText = 'select dbsvc.enter($1)'

/** Writes one exchange's Parse and Bind messages, and learns from the answers which statements the server has parsed. */
export class GroupWriter {
  /** Names in the order their Parse was sent; '' is the unnamed statement. */
  readonly #parses: string[] = []
  readonly #wire: Wire
  readonly #prepared: PreparedStatements

  constructor(wire: Wire, prepared: PreparedStatements) {
    this.#wire = wire
    this.#prepared = prepared
  }

  /** Sends dbsvc.enter; its one row and its command tag are not for the caller. */
  enter(token: string): void {
    this.#parse(this.#prepared.enter, enterText)
    this.#wire.bind({ statement: this.#prepared.enter, values: [token] })
    this.#wire.execute({ rows: 0 })
  }

  /** Sends a statement up to its Execute, which ends after `rows` rows; 0 is all. */
  statement(company: string, statement: BoundStatement, rows: number): void {
    let name = ''
    if (statement.prepare) {
      const preparation = this.#prepared.prepare(company, statement.text)
      name = preparation.name
      if (preparation.close !== undefined) this.#wire.close({ type: 'S', name: preparation.close })
    }
    this.#parse(name, statement.text)
    this.#wire.bind({ statement: name, values: statement.values })
    this.#wire.describe({ type: 'P' })
    this.#wire.execute({ rows })
  }

  /** ParseComplete arrived. */
  parsed(): void {
    const name = this.#parses.shift()
    if (name !== undefined && name !== '') this.#prepared.keep(name)
  }

  #parse(name: string, text: string): void {
    if (name !== '' && (this.#prepared.isParsed(name) || this.#parses.includes(name))) return
    this.#wire.parse({ name, text })
    this.#parses.push(name)
  }
}
