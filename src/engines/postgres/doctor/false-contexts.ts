import { type ContextClaims, newSigningKey, type SigningKey, signContext, type TokenBinding } from '../context/token.ts'

/** A context that dbsvc.verify has one reason to refuse. */
export interface FalseContext {
  /** Completes “one company could … of another”. */
  readonly name: string
  readonly token: string
}

/** Each is signed and bound rightly but for one thing, so that no other check can refuse it in place of the one that is to. */
export function falseContexts(claims: ContextClaims, binding: TokenBinding, key: SigningKey): FalseContext[] {
  const bound = (change: Partial<TokenBinding>): string => signContext(claims, { ...binding, ...change }, key)
  // No session has that number.
  const noSession = 2_147_483_647
  return Object.entries({
    'a forged context': alterSignature(bound({})),
    'a context of another session': bound({ backendPid: noSession }),
    'an expired context': bound({ expiresAtMs: binding.expiresAtMs - 3_600_000 }),
    'a context of another database': bound({ database: `${binding.database}_other` }),
    'a context of an unknown key': signContext(claims, binding, newSigningKey()),
  }).map(([what, token]) => ({ name: `read rows by ${what}`, token }))
}

/** The signature is in hex, and comes last. */
const alterSignature = (token: string): string => `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`
