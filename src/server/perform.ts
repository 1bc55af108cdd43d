import { DbsvcError } from '../core/errors/error.ts'
import type { TableResult } from '../core/routing/cells.ts'
import type { Authenticator } from './auth/authenticator.ts'
import type { ServiceIdentity } from './auth/identity.ts'
import type { Call, Caller } from './call.ts'
import type { CompanyDirectory } from './context/company-directory.ts'
import type { RequestContext } from './context/request-context.ts'
import { resolveContext } from './context/resolve.ts'
import type { Observer, Told } from './observe/observer.ts'
import { outcomeOf } from './observe/outcome.ts'
import type { Operation, ServiceOperation } from './operation.ts'
import type { Pages } from './postgres/gateway.ts'
import type { Tracer } from './trace/tracer.ts'

/** What every request goes through before its operation runs. */
export interface Pipeline {
  readonly authenticator: Authenticator
  readonly companies: CompanyDirectory
  readonly observer: Observer
  readonly tracer: Tracer
}

/**
 * Finds out who calls before the message is read, so that nobody unknown makes the router read one; the call then carries it.
 * @throws DBS-2101, DBS-2103, DBS-2104
 */
export async function admit({ authenticator, observer }: Pipeline, caller: Caller): Promise<ServiceIdentity> {
  try {
    return await authenticator.authenticate(caller)
  } catch (error) {
    observer.observe(
      {
        requestId: caller.requestId,
        operation: 'authenticate',
        service: null,
        company: null,
        ...outcomeOf(error, caller.signal),
        durationMs: performance.now() - caller.arrivedAt,
        engineMs: 0,
        told: {},
      },
      error,
    )
    throw error
  }
}

/** Authenticates, validates the context, runs. @throws what those throw; front doors turn it into a status */
export async function perform<Request, Response>(
  pipeline: Pipeline,
  operation: Operation<Request, Response>,
  call: Call,
  request: Request,
): Promise<Response> {
  return observed(pipeline, operation, call, workOf(pipeline, operation, call, request))
}

/**
 * The same for an operation whose response is read bit by bit: it has ended when its pages have.
 * @throws what `perform` throws; the pages throw what goes wrong later
 */
export async function performStream<Request, Response extends { readonly pages: Pages }>(
  pipeline: Pipeline,
  operation: Operation<Request, Response>,
  call: Call,
  request: Request,
): Promise<Response> {
  const work = workOf(pipeline, operation, call, request)
  const ending = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<Response>()
  const whole = observed(pipeline, operation, call, async (service, timing) => {
    const response = await work(service, timing)
    begun.resolve({ ...response, pages: telling(response.pages, ending, pipeline.observer) })
    await ending.promise
    return response
  })
  whole.catch(begun.reject)
  return begun.promise
}

type Timing = RequestContext['timing']

/** What is done once the caller is known: the context is validated, and the operation runs. */
function workOf<Request, Response>(
  { companies }: Pipeline,
  operation: Operation<Request, Response>,
  call: Call,
  request: Request,
): (service: ServiceIdentity, timing: Timing) => Promise<Response> {
  return async (service, timing) => {
    const demand = { verb: operation.verb, engines: operation.engines(request) }
    const context = await resolveContext(call, service, demand, companies)
    // A read is the same however often it is done.
    if (operation.verb === 'write' && operation.takesKey !== true && context.idempotencyKey !== null) {
      throw DbsvcError.of('DBS-2414', { operation: operation.name })
    }
    return operation.run({ ...context, timing }, request)
  }
}

/** Tells of the pages, and how they end. */
function telling(
  pages: Pages,
  { resolve, reject }: Pick<PromiseWithResolvers<void>, 'resolve' | 'reject'>,
  observer: Observer,
): Pages {
  return {
    async next() {
      try {
        const result = await pages.next()
        if (result.done === true) resolve()
        else observer.observePage({ rows: result.value.length, bytes: bytesOf(result.value) })
        return result
      } catch (error) {
        reject(error)
        throw error
      }
    },
    async return() {
      resolve()
      await pages.return()
    },
  }
}

function bytesOf(rows: TableResult['rows']): number {
  let bytes = 0
  for (const row of rows) for (const cell of row) bytes += cell === null ? 0 : Buffer.byteLength(cell)
  return bytes
}

/** The same for an operation that is for no company. */
export async function performForService<Request, Response>(
  pipeline: Pipeline,
  operation: ServiceOperation<Request, Response>,
  call: Call,
  request: Request,
): Promise<Response> {
  return observed(pipeline, operation, call, async (service, timing) => {
    if (!service.grants.verbs.has(operation.verb)) {
      throw DbsvcError.of('DBS-2102', { service: service.name, reason: operation.verb })
    }
    return operation.run(
      {
        requestId: call.requestId,
        service,
        idempotencyKey: call.idempotencyKey ?? null,
        arrivedAt: call.arrivedAt,
        signal: call.signal,
        timing,
      },
      request,
    )
  })
}

interface Observable<Response> {
  readonly name: string
  tell?(response: Response): Told
}

/** Runs it as whoever calls, and tells the observer how that ended. */
async function observed<Response>(
  { authenticator, observer, tracer }: Pipeline,
  operation: Observable<Response>,
  call: Call,
  run: (service: ServiceIdentity, timing: Timing) => Promise<Response>,
): Promise<Response> {
  const timing = { engineMs: 0 }
  let service: ServiceIdentity | null = null
  const end = (outcome: ReturnType<typeof outcomeOf>, told: Told, error?: unknown): void =>
    observer.observe(
      {
        requestId: call.requestId,
        operation: operation.name,
        service: service?.name ?? null,
        company: service === null ? null : (call.tenant.company ?? null),
        ...outcome,
        durationMs: performance.now() - call.arrivedAt,
        engineMs: timing.engineMs,
        told,
      },
      error,
    )
  return tracer.request(call, operation.name, async (note) => {
    try {
      service = call.service ?? (await authenticator.authenticate(call))
      note({ 'dbsvc.service': service.name })
      const response = await run(service, timing)
      const told = operation.tell?.(response) ?? {}
      end({ outcome: 'ok', code: null }, told)
      note({ 'dbsvc.outcome': 'ok', ...factsOf(told) })
      return response
    } catch (error) {
      const ended = outcomeOf(error, call.signal)
      end(ended, {}, error)
      note({ 'dbsvc.outcome': ended.outcome })
      throw error
    }
  })
}

const factsOf = ({ category, source }: Told) => ({
  ...(category === undefined ? {} : { 'dbsvc.category': category }),
  ...(source === undefined ? {} : { 'dbsvc.source': source }),
})
