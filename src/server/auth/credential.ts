import type { Caller } from '../call.ts'
import type { ServiceIdentity } from './identity.ts'

/** Why a credential was not taken; for the audit. The caller is told nothing of it. */
export type RefusalReason =
  | 'missing'
  | 'malformed'
  | 'unknown'
  | 'expired'
  | 'revoked'
  | 'network'
  // Of tokens:
  | 'algorithm'
  | 'claims'
  | 'early'
  | 'lifetime'
  | 'signature'

export interface Refusal {
  readonly refused: RefusalReason
  /** Names the credential, where it is known; never a secret. */
  readonly credential: string | null
}

export type Verdict = ServiceIdentity | Refusal

/** One way to prove who one is. */
export interface CredentialKind {
  /** Undefined where the caller shows no credential of this kind. @throws DBS-2104, DBS-2105 nothing is known to judge it by */
  judge(caller: Caller): Promise<Verdict> | Verdict | undefined
  /** What is known may have changed just now. */
  outdate?(): void
  close(): Promise<void>
}
