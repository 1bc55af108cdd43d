import type { FastifyInstance, FastifyRequest } from 'fastify'
import { DbsvcError } from '../../core/errors/error.ts'
import { authorizationOf } from '../auth/bearer.ts'
import type { ServiceIdentity } from '../auth/identity.ts'
import type { Caller } from '../call.ts'
import { certificateOf } from '../listen/certificate.ts'
import type { AddressOf } from '../listen/client-address.ts'
import { admit, type Pipeline } from '../perform.ts'

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller
    /** Who the caller has shown to be, where the address asks for that. */
    service: ServiceIdentity | undefined
  }
}

/** Finds out who calls, and whether there is such an address, before the body is read: a large one is not parsed for anybody. */
export function addAdmission(app: FastifyInstance, pipeline: Pipeline, addressOf: AddressOf): void {
  app.addHook('onRequest', async (request) => {
    request.caller = callerOf(request, addressOf)
    if (request.is404) throw notFound(request)
    if (request.routeOptions.url?.startsWith('/v1/')) request.service = await admit(pipeline, request.caller)
  })
}

export function notFound({ method, url }: FastifyRequest): DbsvcError {
  const [path = ''] = url.split('?')
  return DbsvcError.of('DBS-2006', { method, path })
}

function callerOf({ id, raw, arrivedAt, callerGone }: FastifyRequest, addressOf: AddressOf): Caller {
  return {
    requestId: id,
    address: addressOf(raw),
    authorization: authorizationOf(raw.rawHeaders),
    certificate: certificateOf(raw.socket),
    arrivedAt,
    signal: callerGone.signal,
  }
}
