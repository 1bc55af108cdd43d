import type pg from 'pg'
import { DbsvcError } from '../../../core/errors/error.ts'
import { isDataTag, tagDisturbance } from './command-tag.ts'
import type { Exchange } from './exchange.ts'
import { GroupWriter } from './group-writer.ts'
import type { PreparedStatements } from './prepared-statements.ts'
import { type GrowingResult, newResult } from './result.ts'
import type { BoundStatement } from './statement.ts'
import type { Wire } from './wire.ts'

/**
 * Statements that become known one after the other, in one transaction: dbsvc.enter, the statement and Flush for each, and Sync, which
 * commits, when there are no more.
 */
export class FeedGroup implements Exchange {
  failure: Error | undefined
  disturbance: string | undefined
  answered = false

  readonly #token: string
  readonly #company: string
  readonly #prepared: PreparedStatements
  #wire: Wire | undefined
  #writer: GroupWriter | undefined
  #synced = false
  #entered = false
  #result: GrowingResult | undefined
  #waiting: { readonly resolve: (result: pg.QueryResult) => void; readonly reject: (error: Error) => void } | undefined

  constructor(token: string, company: string, prepared: PreparedStatements) {
    this.#token = token
    this.#company = company
    this.#prepared = prepared
  }

  send(wire: Wire): void {
    this.#wire = wire
    this.#writer = new GroupWriter(wire, this.#prepared)
  }

  /** One at a time. Rejects with what the server says to it, after which nothing more can be run. */
  run(statement: BoundStatement): Promise<pg.QueryResult> {
    return new Promise((resolve, reject) => {
      if (!statement.plain) this.#refuse('it is no SELECT, INSERT, UPDATE, DELETE or MERGE')
      if (this.failure !== undefined) return reject(this.failure)
      this.#waiting = { resolve, reject }
      this.#entered = false
      this.#result = newResult(statement.rowMode)
      this.#wire?.stream.cork()
      this.#writer?.enter(this.#token)
      this.#writer?.statement(this.#company, statement, 0)
      this.#wire?.flush()
      this.#wire?.stream.uncork()
    })
  }

  /** Sends Sync; whether it was committed shows at the end of the exchange. */
  commit(): void {
    this.answered = true
    this.#sync()
  }

  /** Ends the session without Sync, so that the server rolls back. */
  abandon(): void {
    this.#synced = true
    this.#wire?.stream.destroy()
  }

  parsed(): void {
    this.#writer?.parsed()
  }

  described(fields: pg.FieldDef[]): void {
    this.#result?.addFields(fields)
  }

  row(values: (string | null)[]): void {
    if (this.#entered) this.#result?.rows.push(this.#result.parseRow(values))
  }

  completed(tag: string): void {
    if (!this.#entered) {
      this.#entered = true
      return
    }
    if (!isDataTag(tag)) {
      this.#refuse(tagDisturbance(tag))
      return
    }
    this.#result?.addCommandComplete({ text: tag })
    if (this.#result !== undefined) this.#waiting?.resolve(this.#result)
    this.#waiting = undefined
  }

  suspended(): void {
    this.#refuse('it stopped before its end')
  }

  copying(): void {
    this.#refuse('it is a COPY')
  }

  failed(error: pg.DatabaseError): void {
    this.answered = true
    this.failure ??= error
    this.#waiting?.reject(this.failure)
    this.#sync()
  }

  /** Once: each Sync is answered, and an answer too many would be taken for the next exchange's. */
  #sync(): void {
    if (this.#synced) return
    this.#synced = true
    this.#wire?.sync()
  }

  #refuse(reason: string): void {
    if (this.failure instanceof DbsvcError) return
    this.answered = true
    this.disturbance = reason
    this.failure = DbsvcError.of('DBS-1604', { reason })
    this.#waiting?.reject(this.failure)
    this.abandon()
  }
}
