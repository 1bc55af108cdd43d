import type { EngineName } from '../../core/engine.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { ServiceIdentity, Verb } from '../auth/identity.ts'
import type { Call } from '../call.ts'
import type { CompanyDirectory } from './company-directory.ts'
import type { RequestContext } from './request-context.ts'

/** What a request is about to do. */
export interface Demand {
  readonly verb: Verb
  readonly engines: readonly EngineName[]
}

/**
 * Makes the context of a request out of what the caller claims and its credential allows.
 * @throws DBS-2001 no company or an empty user named, DBS-2102 not allowed, DBS-1203 and DBS-1206 no such or no active company
 */
export async function resolveContext(
  call: Call,
  service: ServiceIdentity,
  demand: Demand,
  companies: CompanyDirectory,
): Promise<RequestContext> {
  const { company: id, user: claimed, session } = call.tenant
  if (id === undefined || id === '') throw DbsvcError.of('DBS-2001', { reason: 'no company is named' })
  // Not taken for none: who forgot to fill it in would see the whole company.
  if (claimed === '') throw DbsvcError.of('DBS-2001', { reason: 'the user is empty' })
  const { grants, name } = service
  const refuse = (reason: string): DbsvcError => DbsvcError.of('DBS-2102', { service: name, reason })
  // Before the company is looked up, so that nobody learns which ones there are.
  if (grants.companies !== null && !grants.companies.has(id)) throw refuse(`company ${id}`)
  if (!grants.verbs.has(demand.verb)) throw refuse(demand.verb)
  for (const engine of demand.engines) if (!grants.engines.has(engine)) throw refuse(engine)
  if (grants.user !== undefined && claimed !== undefined && claimed !== grants.user) throw refuse('another user')
  const user = grants.user ?? claimed
  if (user === undefined && !grants.wholeCompany) throw refuse('leaving the user out')
  const found = companies.find(id)
  const company = found instanceof Promise ? await found : found
  if (company.state !== 'active') {
    throw DbsvcError.of('DBS-1206', { company: id, state: company.state, wanted: 'active' })
  }
  return {
    requestId: call.requestId,
    service,
    company,
    user: user ?? null,
    session: session ?? null,
    idempotencyKey: call.idempotencyKey ?? null,
    arrivedAt: call.arrivedAt,
    signal: call.signal,
    timing: { engineMs: 0 },
  }
}
