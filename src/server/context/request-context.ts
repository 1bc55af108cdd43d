import type { TierLimits, TierName } from '../../core/company/tier.ts'
import type { ServiceIdentity } from '../auth/identity.ts'

/** A company, as the router knows it for the length of a request. */
export interface KnownCompany {
  readonly company: string
  readonly tier: TierName
  /** Its tier's limits, with its own exceptions. */
  readonly limits: TierLimits
  readonly state: 'provisioning' | 'active' | 'suspended' | 'dropping'
  /** Changes whenever a migration of the company or of the shared scope is applied; part of cache keys and verdicts. */
  readonly schemaVersion: string
}

/** Who asks, for whom, and until when: validated before any engine is touched. */
export interface RequestContext {
  readonly requestId: string
  readonly service: ServiceIdentity
  readonly company: KnownCompany
  /** Null where the request is for the whole company. */
  readonly user: string | null
  readonly session: string | null
  readonly idempotencyKey: string | null
  readonly arrivedAt: number
  readonly signal: AbortSignal
  /** What engines took of this request, in milliseconds; operations add to it, so that the router's own time is known. */
  readonly timing: { engineMs: number }
}

/** A request that is for no company, such as a look-up in the service registry. */
export type ServiceContext = Omit<RequestContext, 'company' | 'user' | 'session'>
