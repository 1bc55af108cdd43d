import type pg from 'pg'
import type { Wire } from './wire.ts'

/** What is said on a connection up to one ReadyForQuery: what to send, and what to make of each answer. */
export interface Exchange {
  send(wire: Wire): void
  parsed(): void
  described(fields: pg.FieldDef[]): void
  row(values: (string | null)[]): void
  /** A statement is done; the tag of an empty one is ''. */
  completed(tag: string): void
  suspended(): void
  /** The server wants to send or receive COPY data. */
  copying(): void
  failed(error: pg.DatabaseError): void
  /** Whether everything that was asked for was answered, or failed. ReadyForQuery before that answers something else. */
  readonly answered: boolean
  /** Why nothing of another company may run on this connection after this exchange. */
  readonly disturbance: string | undefined
}
