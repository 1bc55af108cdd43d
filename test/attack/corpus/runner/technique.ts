import type { ContextClaims, SigningKey } from '../../../../src/engines/postgres/context/token.ts'
import type { Mechanism } from './mechanism.ts'

/**
 * By which door an attempt comes:
 *   query, execute, batch   SQL through the router, as JSON over HTTP
 *   shared role             the shared role's own connection, so that the guard is off and the signed context stands alone
 *   login                   a company's own LOGIN role, by a PostgreSQL driver
 *   pool                    the router's pool of connections without the guard; the victim comes next on the same pool
 */
export type Entry = 'query' | 'execute' | 'batch' | 'shared role' | 'login' | 'pool'

/** How it shows that an attempt got what it wanted. */
export type Success =
  /** A canary, a foreign name or a foreign count is in what the attacker is told. */
  | 'canary'
  /** The last step is done, which is the harm. */
  | 'runs'
  /** What the attacker is told matches. */
  | RegExp
  /** The superuser finds rows by this SQL afterwards. */
  | { readonly effect: string }
  /** What the victim is told, who comes next, matches. */
  | { readonly victim: RegExp }

/** What an attempt may use: its own session's tokens above all. */
export interface Kit {
  readonly key: SigningKey
  /** Signed for this very session and company_abc unless told otherwise. */
  token(
    claims?: Partial<ContextClaims>,
    binding?: Partial<{ database: string; backendPid: number; expiresAtMs: number }>,
    key?: SigningKey,
  ): string
}

/** SQL, sent one after the other; what one is told does not keep the next from being sent. */
export type Steps = string | readonly string[] | ((kit: Kit) => readonly string[])

/** One way of attacking, tried in variants. A file of corpus/<family>/ has one or several of the same kind. */
export interface Technique {
  readonly name: string
  readonly entry: Entry
  /** What it is after. */
  readonly secret: string
  /** What the attacker is told: the first error, as code and message, or `ok`. */
  readonly refusal: RegExp
  /** The one thing that holds it; with that removed it must succeed. */
  readonly mechanism: Mechanism
  readonly success: Success
  /** Sent by the same door afterwards; it must return rows. */
  readonly honest: string
  readonly variants: Readonly<Record<string, Steps>>
  /** Whether the attacker's context is entered before the steps, in one transaction with them; true where it is left out. */
  readonly entered?: boolean
  /** Of the attacker's context. */
  readonly user?: string
  /** What the victim does next on the same pool. */
  readonly victim?: string
  /** Doors that write take it: it is no attempt there. */
  readonly onlyWhereReading?: boolean
  /** Where it makes sense: only with TimescaleDB, or only without. */
  readonly on?: 'timescaledb' | 'partitions'
}

/** Variants that differ in one word alone. */
export const each = (words: readonly string[], steps: (word: string) => Steps): Record<string, Steps> =>
  Object.fromEntries(words.map((word) => [word, steps(word)]))
