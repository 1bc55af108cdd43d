import type { ContextConnection } from './connection.ts'

/** A connection taken out of the pool, until `end` gives it back or, where it is no longer trusted, destroys it. */
export interface Lease {
  readonly connection: ContextConnection
  /** May be called more than once. */
  end(): void
}

/** @param giveBack is called once, when the connection has come to rest */
export function lease(
  connection: ContextConnection,
  cancelMs: number,
  giveBack: (connection: ContextConnection) => void,
): Lease {
  let ended = false
  return {
    connection,
    end() {
      if (ended) return
      ended = true
      if (connection.tired) void connection.rest({ cancelMs }).then(() => giveBack(connection))
      else giveBack(connection)
    },
  }
}
