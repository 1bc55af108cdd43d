import type { EngineName } from '../../core/engine.ts'
import type { Verb } from '../../core/service/grants.ts'

export type { Verb }

/** What a credential allows. */
export interface Grants {
  /** Company ids; null allows every company. */
  readonly companies: ReadonlySet<string> | null
  readonly engines: ReadonlySet<EngineName>
  readonly verbs: ReadonlySet<Verb>
  /** Whether it may leave the user out, and so see the whole company. */
  readonly wholeCompany: boolean
  /** Whom alone it speaks for, whether the request names a user or not. */
  readonly user?: string
}

/** A calling backend, as its credential proved it. */
export interface ServiceIdentity {
  /** Such as trading-engine. */
  readonly name: string
  /** Names the credential in the audit; never a secret. */
  readonly credential: string
  readonly grants: Grants
}
