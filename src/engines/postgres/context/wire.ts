import type pg from 'pg'

/** A value as it goes over the wire: text, bytes or null. */
export type WireValue = string | Buffer | null

/** The slice of pg's Connection that exchanges use; its published types lack most of it. */
export interface Wire {
  readonly stream: { cork(): void; uncork(): void; pause(): void; resume(): void; destroy(): void }
  parse(message: { name: string; text: string }): void
  bind(message: { statement: string; values: readonly WireValue[] }): void
  describe(message: { type: 'P' }): void
  execute(message: { rows: number }): void
  close(message: { type: 'S'; name: string }): void
  flush(): void
  sync(): void
  on(event: 'parseComplete' | 'copyOutResponse' | 'notification' | 'end', listener: () => void): unknown
  on(event: 'parameterStatus', listener: (message: { parameterName: string }) => void): unknown
  on(event: 'readyForQuery', listener: (message: { status: string }) => void): unknown
}

export const wireOf = (connection: pg.Connection): Wire => connection as unknown as Wire
