import type { DetailedPeerCertificate } from 'node:tls'
import type { Authorization } from './auth/bearer.ts'
import type { ServiceIdentity } from './auth/identity.ts'

/** Who is at the door, by what comes before the message. */
export interface Caller {
  /** Unique; given by the caller in x-request-id where that is well-formed. */
  readonly requestId: string
  /** The caller's address, without port. */
  readonly address: string
  readonly authorization: Authorization
  /** The client's certificate, which TLS has verified. */
  readonly certificate: DetailedPeerCertificate | undefined
  /** performance.now() at its arrival. */
  readonly arrivedAt: number
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
}

/** What a front door knows of a call before anything of it is believed. */
export interface Call extends Caller {
  /** Who the caller is, where the door found out before it read the message. */
  readonly service?: ServiceIdentity | undefined
  readonly tenant: ClaimedTenant
  readonly idempotencyKey: string | undefined
  /** W3C trace context. */
  readonly traceparent: string | undefined
  readonly tracestate: string | undefined
}

/** For whom the caller says it asks. */
export interface ClaimedTenant {
  readonly company: string | undefined
  readonly user: string | undefined
  readonly session: string | undefined
}
