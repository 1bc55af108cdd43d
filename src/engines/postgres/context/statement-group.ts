import type pg from 'pg'
import { DbsvcError } from '../../../core/errors/error.ts'
import { isExpectedTag, tagDisturbance } from './command-tag.ts'
import type { Exchange } from './exchange.ts'
import { GroupWriter } from './group-writer.ts'
import type { PreparedStatements } from './prepared-statements.ts'
import { isOutdatedPlan } from './refusal.ts'
import { type GrowingResult, newResult } from './result.ts'
import { type BoundStatement, bindStatement, type Statement } from './statement.ts'
import type { Wire } from './wire.ts'

/** Makes the last statement of a transaction out of what the others returned. */
export type Conclusion = (results: readonly pg.QueryResult[]) => Statement

/** For what the statements return, all together. */
export interface Room {
  readonly bytes: number
  /** Called once, where that does not do: the statement under way is to be cancelled. */
  onExceeded(): void
}

// What a value takes beside its text.
const cellBytes = 8

/**
 * Statements of one company in one message group with one Sync, each behind dbsvc.enter: one round trip, one transaction, and
 * settings that are gone after it. A group of several, or with a statement that may be more than data, is held: Sync, which
 * commits, is sent once every command tag is known to be harmless, so that nothing is committed that is then refused. So is one with a
 * conclusion, whose result comes last.
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
  readonly #statements: BoundStatement[]
  readonly #prepared: PreparedStatements
  readonly #held: boolean
  readonly #room: Room
  #bytes = 0
  #exceeded = false
  #conclude: Conclusion | undefined
  #synced = false
  #wire: Wire | undefined
  #writer: GroupWriter | undefined
  /** The result of the statement under way; none while dbsvc.enter runs. */
  #current: GrowingResult | undefined

  constructor(
    token: string,
    company: string,
    statements: readonly BoundStatement[],
    prepared: PreparedStatements,
    room: Room,
    conclude?: Conclusion,
  ) {
    this.#token = token
    this.#company = company
    this.#statements = [...statements]
    this.#prepared = prepared
    this.#room = room
    this.#conclude = conclude
    const plain = statements.every((statement) => statement.plain)
    this.#held = statements.length > 1 || !plain || conclude !== undefined
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
    for (const value of values) this.#bytes += (value?.length ?? 0) + cellBytes
    if (this.#bytes > this.#room.bytes) {
      this.#exceed(this.#current)
      return
    }
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
    if (!isExpectedTag(tag, this.#statements[this.results.length] ?? { explain: false })) {
      this.#refuse(tagDisturbance(tag))
      return
    }
    if (this.#exceeded && this.#held) {
      // The cancellation came too late; without Sync the server rolls back.
      this.answered = true
      this.#synced = true
      this.#wire?.stream.destroy()
      return
    }
    if (this.#exceeded) this.failure = tooLarge(this.#room, !tag.startsWith('SELECT'))
    this.#current.addCommandComplete({ text: tag })
    this.results.push(this.#current)
    this.#current = undefined
    if (this.results.length < this.#statements.length) return
    if (this.#conclude !== undefined) this.#sendConclusion(this.#conclude)
    else this.answered = true
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
    if (this.#exceeded) this.failure = tooLarge(this.#room, false)
    else if (!(this.failure instanceof DbsvcError)) this.failure = error
    const text = this.#statements[this.results.length]?.text
    if (text !== undefined && isOutdatedPlan(error)) this.#prepared.forget(this.#company, text)
    this.#sync()
  }

  /** What still comes is read, as the connection is to be used again, and not kept. */
  #exceed(result: GrowingResult): void {
    this.#exceeded = true
    this.failure = tooLarge(this.#room, false)
    result.rows.length = 0
    for (const { rows } of this.results) rows.length = 0
    this.#room.onExceeded()
  }

  /** What it does is known, so Sync goes with it. */
  #sendConclusion(conclude: Conclusion): void {
    this.#conclude = undefined
    try {
      if (this.failure !== undefined) throw this.failure
      const statement = bindStatement(conclude(this.results))
      this.#statements.push(statement)
      this.#wire?.stream.cork()
      this.#writer?.enter(this.#token)
      this.#writer?.statement(this.#company, statement, 0)
      this.#sync()
      this.#wire?.stream.uncork()
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error))
      // Without Sync the server rolls back what it did.
      this.#synced = true
      this.#wire?.stream.destroy()
    }
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

const tooLarge = ({ bytes }: Room, done: boolean): DbsvcError => DbsvcError.of('DBS-2413', { limitBytes: bytes, done })
