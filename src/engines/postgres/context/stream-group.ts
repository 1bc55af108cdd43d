import type pg from 'pg'
import { DbsvcError } from '../../../core/errors/error.ts'
import { isDataTag, tagDisturbance } from './command-tag.ts'
import type { Exchange } from './exchange.ts'
import { GroupWriter } from './group-writer.ts'
import type { PreparedStatements } from './prepared-statements.ts'
import { type GrowingResult, newResult } from './result.ts'
import type { BoundStatement } from './statement.ts'
import type { Wire } from './wire.ts'

/** What of a statement's rows is fetched at a time. */
export interface PageTerms {
  readonly rows: number
  /** A page of more characters is read in parts of about so many. */
  readonly bytes: number
  /** Called once, before the first row. */
  readonly onColumns?: ((fields: readonly pg.FieldDef[]) => void) | undefined
}

/**
 * One statement read by the page: Execute(n) and Flush for each, Sync at the end. The server keeps its place in the statement in
 * between, and reads no further than asked.
 */
export class StreamGroup implements Exchange {
  failure: Error | undefined
  disturbance: string | undefined
  /** No page follows this one. */
  ended = false

  readonly #token: string
  readonly #company: string
  readonly #statement: BoundStatement
  readonly #page: PageTerms
  readonly #prepared: PreparedStatements
  readonly #result: GrowingResult
  /** Of the rows that wait to be taken. */
  #bytes = 0
  #paused = false
  #wire: Wire | undefined
  #writer: GroupWriter | undefined
  #entered = false
  #pageCame: () => void = () => {}

  constructor(
    token: string,
    company: string,
    statement: BoundStatement,
    page: PageTerms,
    prepared: PreparedStatements,
  ) {
    this.#token = token
    this.#company = company
    this.#statement = statement
    this.#page = page
    this.#prepared = prepared
    this.#result = newResult(statement.rowMode)
    if (!statement.plain) this.disturbance = 'it is no SELECT, INSERT, UPDATE, DELETE or MERGE'
  }

  send(wire: Wire): void {
    this.#wire = wire
    this.#writer = new GroupWriter(wire, this.#prepared)
    wire.stream.cork()
    this.#writer.enter(this.#token)
    this.#writer.statement(this.#company, this.#statement, this.#page.rows)
    wire.flush()
    wire.stream.uncork()
  }

  /** Resolves when the page under way has arrived, or as much of it as is held in memory, or never will. */
  pageCame(): Promise<void> {
    return new Promise((resolve) => {
      this.#pageCame = resolve
    })
  }

  /** The rows that came since it was last called. */
  takeRows(): pg.QueryResultRow[] {
    this.#bytes = 0
    return this.#result.rows.splice(0)
  }

  nextPage(): void {
    if (this.#paused) {
      this.#resume()
      return
    }
    this.#wire?.stream.cork()
    this.#wire?.execute({ rows: this.#page.rows })
    this.#wire?.flush()
    this.#wire?.stream.uncork()
  }

  get answered(): boolean {
    return this.ended
  }

  /** Ends the statement where it is. In the middle of a page, with the connection: what is still to come may be of any size. */
  end(): void {
    if (this.#paused) {
      this.#paused = false
      this.disturbance = 'its reader left in the middle of a page'
      this.#wire?.stream.destroy()
    }
    // Each Sync is answered, and an answer too many would be taken for the next exchange's.
    if (this.ended) return
    this.ended = true
    this.#wire?.sync()
  }

  parsed(): void {
    this.#writer?.parsed()
  }

  described(fields: pg.FieldDef[]): void {
    this.#result.addFields(fields)
    this.#page.onColumns?.(fields)
  }

  row(values: (string | null)[]): void {
    if (!this.#entered || this.failure !== undefined || this.ended) return
    try {
      this.#result.rows.push(this.#result.parseRow(values))
      for (const value of values) this.#bytes += value?.length ?? 0
      if (this.#bytes >= this.#page.bytes) this.#pause()
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error))
    }
  }

  suspended(): void {
    this.#resume()
    this.#pageCame()
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
    this.#resume()
    this.end()
    this.#pageCame()
  }

  copying(): void {
    this.#refuse('it is a COPY')
  }

  failed(error: pg.DatabaseError): void {
    if (!(this.failure instanceof DbsvcError)) this.failure = error
    this.#resume()
    this.end()
    this.#pageCame()
  }

  /** The server waits too, once what lies between is full. */
  #pause(): void {
    this.#paused = true
    this.#wire?.stream.pause()
    this.#pageCame()
  }

  #resume(): void {
    this.#paused = false
    this.#wire?.stream.resume()
  }

  #refuse(reason: string): void {
    if (this.failure instanceof DbsvcError) return
    this.disturbance = reason
    this.failure = DbsvcError.of('DBS-1604', { reason })
    this.ended = true
    this.#wire?.stream.destroy()
    this.#pageCame()
  }
}
