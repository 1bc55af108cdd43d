import pg from 'pg'
import type { Exchange } from './exchange.ts'
import { wireOf } from './wire.ts'

/** Hands an exchange to pg's Client, which calls these as answers arrive. */
export class Submission implements pg.Submittable {
  readonly #exchange: Exchange
  readonly #onLost: (error: Error) => void

  constructor(exchange: Exchange, onLost: (error: Error) => void) {
    this.#exchange = exchange
    this.#onLost = onLost
  }

  submit(connection: pg.Connection): void {
    this.#exchange.send(wireOf(connection))
  }

  handleRowDescription(message: { fields: pg.FieldDef[] }): void {
    this.#exchange.described(message.fields)
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    this.#exchange.row(message.fields)
  }

  handleCommandComplete(message: { text: string }): void {
    this.#exchange.completed(message.text)
  }

  handleEmptyQuery(): void {
    this.#exchange.completed('')
  }

  handlePortalSuspended(): void {
    this.#exchange.suspended()
  }

  handleCopyInResponse(): void {
    this.#exchange.copying()
  }

  handleCopyData(): void {}

  /** pg calls it for the server's errors and for the connection's alike. */
  handleError(error: Error): void {
    if (error instanceof pg.DatabaseError) this.#exchange.failed(error)
    else this.#onLost(error)
  }

  /** Not called after an error; the connection listens for itself. */
  handleReadyForQuery(): void {}
}
