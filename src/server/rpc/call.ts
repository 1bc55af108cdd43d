import type { DetailedPeerCertificate } from 'node:tls'
import { Code, ConnectError, createContextKey, type HandlerContext } from '@connectrpc/connect'
import { DbsvcError } from '../../core/errors/error.ts'
import type { Authorization } from '../auth/bearer.ts'
import type { ServiceIdentity } from '../auth/identity.ts'
import type { Call, Caller, ClaimedTenant } from '../call.ts'
import { claimOf } from '../context/claim.ts'
import type { TenantContext } from '../contract/dbsvc/v1/value_pb.js'

/** What is known of a caller from its connection and its headers. */
export interface Peer {
  readonly address: string
  readonly requestId: string
  readonly authorization: Authorization
  readonly certificate: DetailedPeerCertificate | undefined
  /** performance.now() when its request came. */
  readonly arrivedAt: number
}

export const peerKey = createContextKey<Peer>(
  {
    address: '',
    requestId: '',
    authorization: { bearer: undefined, flaw: null },
    certificate: undefined,
    arrivedAt: 0,
  },
  { description: 'peer of the connection' },
)

/** Who the caller has shown to be, before its message was read. */
export const serviceKey = createContextKey<ServiceIdentity | undefined>(undefined, { description: 'calling service' })

/** Whether a message could be read, and has come as far as an operation. */
export const reachedKey = createContextKey({ reached: false }, { description: 'whether an operation was reached' })

/** What a message itself says of its call. */
export interface Said {
  readonly tenant?: TenantContext | undefined
  readonly idempotencyKey?: string
}

/** @throws DBS-2001 the message names another company than the headers */
export function callOf(context: HandlerContext, said: Said): Call {
  const header = (name: string): string | undefined => context.requestHeader.get(name) ?? undefined
  const named: ClaimedTenant = {
    company: header('x-dbsvc-company'),
    user: header('x-dbsvc-user'),
    session: header('x-dbsvc-session'),
  }
  return {
    ...callerOf(context),
    service: context.values.get(serviceKey),
    tenant: claimOf(named, {
      company: said.tenant?.companyId || undefined,
      user: said.tenant?.userId || undefined,
      session: said.tenant?.sessionId || undefined,
    }),
    idempotencyKey: said.idempotencyKey || header('idempotency-key'),
    traceparent: header('traceparent'),
    tracestate: header('tracestate'),
  }
}

/** Tells a request's id in the response. */
export function nameRequest({ values, responseHeader }: HandlerContext): string {
  const { requestId } = values.get(peerKey)
  responseHeader.set('x-request-id', requestId)
  return requestId
}

/** Who is at the door, before the message is read. */
export function callerOf(context: HandlerContext): Caller {
  const { address, authorization, certificate, arrivedAt } = context.values.get(peerKey)
  return {
    requestId: nameRequest(context),
    address,
    authorization,
    certificate,
    arrivedAt,
    signal: signalOf(context.signal),
  }
}

/** Aborts as the other does; with DBS-2020 at the caller's deadline, which is no going away. */
function signalOf(signal: AbortSignal): AbortSignal {
  const own = new AbortController()
  const abort = (): void => {
    const { reason } = signal
    const late = reason instanceof ConnectError && reason.code === Code.DeadlineExceeded
    own.abort(late ? DbsvcError.of('DBS-2020', {}) : reason)
  }
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return own.signal
}
