import type { EngineName } from '../core/engine.ts'
import type { Verb } from './auth/identity.ts'
import type { RequestContext, ServiceContext } from './context/request-context.ts'
import type { Told } from './observe/observer.ts'

/** What the router is asked to do. Front doors make the request of it out of a message, and a message out of its response. */
export interface Operation<Request, Response> {
  /** Such as `query`; labels metrics, logs and the audit. */
  readonly name: string
  readonly verb: Verb
  /** A write that is done once by an idempotency key; any other is refused with one. */
  readonly takesKey?: true
  /** What it may touch, checked against the credential before anything else. */
  engines(request: Request): readonly EngineName[]
  run(context: RequestContext, request: Request): Promise<Response>
  /** What its response says of itself, for metrics and logs. */
  tell?(response: Response): Told
}

/** One that is for no company. */
export interface ServiceOperation<Request, Response> {
  readonly name: string
  readonly verb: Verb
  run(context: ServiceContext, request: Request): Promise<Response>
}
