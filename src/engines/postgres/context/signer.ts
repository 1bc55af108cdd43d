import type { ContextConnection } from './connection.ts'
import type { KeyRing } from './open-key-ring.ts'
import { type ContextClaims, longestTtlMs, signContext } from './token.ts'

/** Signs claims for one connection, in the server's time. */
export type Signer = (claims: ContextClaims, connection: ContextConnection) => string

export function createSigner(keyRing: KeyRing, database: string, ttlMs: number): Signer {
  const lifeMs = Math.min(ttlMs, longestTtlMs)
  return (claims, connection) => {
    const expiresAtMs = Math.floor(connection.serverTimeMs() + lifeMs)
    return signContext(claims, { database, backendPid: connection.facts.backendPid, expiresAtMs }, keyRing.current())
  }
}
