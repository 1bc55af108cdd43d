import type pg from 'pg'
import { DbsvcError } from '../../../core/errors/error.ts'
import { isDataTag, tagDisturbance } from './command-tag.ts'
import type { Exchange } from './exchange.ts'
import { GroupWriter } from './group-writer.ts'
import type { PreparedStatements } from './prepared-statements.ts'
import { isOutdatedPlan } from './refusal.ts'
import { type GrowingResult, newResult } from './result.ts'
import type { BoundStatement } from './statement.ts'
import type { Wire } from './wire.ts'

/**
 * Statements of one company in one message group with one Sync, each behind dbsvc.enter: one round trip, one transaction, and
 * settings that are gone after it. A group of several, or with a statement that may be more than data, is held: Sync, which
 * commits, is sent once every command tag is known to be harmless, so that nothing is committed that is then refused.
 */
export class StatementGroup implements Exchange {
  readonly results: GrowingResult[] = []
  failure: Error | undefined
  disturbance: string | undefined
  answered = false
  /** The first token was refused, so nothing has run. */
  refusedAtDoor = false

  readonly #token: string
  readonly #company: string
  readonly #statements: readonly BoundStatement[]
  readonly #prepared: PreparedStatements
  readonly #held: boolean
  #synced = false
  #wire: Wire | undefined
  #writer: GroupWriter | undefined
  /** The result of the statement under way; none while dbsvc.enter runs. */
  #current: GrowingResult | undefined

  constructor(token: string, company: string, statements: readonly BoundStatement[], prepared: PreparedStatements) {
    this.#token = token
    this.#company = company
    this.#statements = statements
    this.#prepared = prepared
    const plain = statements.every((statement) => statement.plain)
    this.#held = statements.length > 1 || !plain
    // A DO that prepares a statement and then fails leaves it behind, with no command tag to see it by.
    if (!plain) this.disturbance = 'it is no SELECT, INSERT, UPDATE, DELETE or MERGE'
  }

  send(wire: Wire): void {
    this.#wire = wire
    this.#writer = new GroupWriter(wire, this.#prepared)
    wire.stream.cork()
    for (const statement of this.#statements) {
      this.#writer.enter(this.#token)
      this.#writer.statement(this.#company, statement, 0)
    }
    if (this.#held) wire.flush()
    else this.#sync()
    wire.stream.uncork()
  }

  parsed(): void {
    this.#writer?.parsed()
  }

  described(fields: pg.FieldDef[]): void {
    this.#current?.addFields(fields)
  }

  row(values: (string | null)[]): void {
    if (this.#current === undefined || this.failure !== undefined) return
    try {
      this.#current.rows.push(this.#current.parseRow(values))
    } catch (error) {
      // The parser of a type refuses a value; what the server still sends must be read all the same.
      this.failure = error instanceof Error ? error : new Error(String(error))
    }
  }

  completed(tag: string): void {
    if (this.#current === undefined) {
      this.#current = newResult(this.#statements[this.results.length]?.rowMode ?? 'object')
      return
    }
    if (!isDataTag(tag)) {
      this.#refuse(tagDisturbance(tag))
      return
    }
    this.#current.addCommandComplete({ text: tag })
    this.results.push(this.#current)
    this.#current = undefined
    if (this.results.length < this.#statements.length) return
    this.answered = true
    this.#sync()
  }

  suspended(): void {
    this.#refuse('it stopped before its end')
  }

  copying(): void {
    this.#refuse('it is a COPY')
    // The server may wait for data, and sends no ReadyForQuery until it has it.
    this.#wire?.stream.destroy()
  }

  failed(error: pg.DatabaseError): void {
    this.answered = true
    this.refusedAtDoor = this.#current === undefined && this.results.length === 0
    if (!(this.failure instanceof DbsvcError)) this.failure = error
    const text = this.#statements[this.results.length]?.text
    if (text !== undefined && isOutdatedPlan(error)) this.#prepared.forget(this.#company, text)
    this.#sync()
  }

  /** Once: each Sync is answered, and an answer too many would be taken for the next exchange's. */
  #sync(): void {
    if (this.#synced) return
    this.#synced = true
    this.#wire?.sync()
  }

  #refuse(reason: string): void {
    // What was already on its way when the connection was destroyed is of no account.
    if (this.failure instanceof DbsvcError) return
    this.answered = true
    this.disturbance = reason
    this.failure = DbsvcError.of('DBS-1604', { reason })
    // Without Sync the server rolls back what it did.
    if (this.#held) this.#wire?.stream.destroy()
  }
}
