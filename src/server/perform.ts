import type { Authenticator } from './auth/authenticator.ts'
import type { Call } from './call.ts'
import type { CompanyDirectory } from './context/company-directory.ts'
import { resolveContext } from './context/resolve.ts'
import type { Operation, ServiceOperation } from './operation.ts'

/** What every request goes through before its operation runs. */
export interface Pipeline {
  readonly authenticator: Authenticator
  readonly companies: CompanyDirectory
}

/** Authenticates, validates the context, runs. @throws what those throw; front doors turn it into a status */
export async function perform<Request, Response>(
  { authenticator, companies }: Pipeline,
  operation: Operation<Request, Response>,
  call: Call,
  request: Request,
): Promise<Response> {
  const service = await authenticator.authenticate(call)
  const demand = { verb: operation.verb, engines: operation.engines(request) }
  const context = await resolveContext(call, service, demand, companies)
  return operation.run(context, request)
}

/** The same for an operation that is for no company. */
export async function performForService<Request, Response>(
  { authenticator }: Pipeline,
  operation: ServiceOperation<Request, Response>,
  call: Call,
  request: Request,
): Promise<Response> {
  const service = await authenticator.authenticate(call)
  return operation.run(
    {
      requestId: call.requestId,
      service,
      idempotencyKey: call.idempotencyKey ?? null,
      arrivedAt: call.arrivedAt,
      signal: call.signal,
      timing: { engineMs: 0 },
    },
    request,
  )
}
