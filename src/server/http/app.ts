import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerFactory,
} from 'fastify'
import { DbsvcError } from '../../core/errors/error.ts'
import type { Call, ClaimedTenant } from '../call.ts'
import { claimOf } from '../context/claim.ts'
import type { AddressOf } from '../listen/client-address.ts'
import { perform, performStream } from '../perform.ts'
import { requestIdOf } from '../request-id.ts'
import type { Router } from '../router.ts'
import { tableJson } from '../values/natural.ts'
import { addAdmission, notFound } from './admission.ts'
import { addCacheRoutes } from './cache-routes.ts'
import { addCompression } from './compression.ts'
import { addExplainRoutes } from './explain-routes.ts'
import { httpFailureOf } from './failure.ts'
import { addGraphRoutes } from './graph-routes.ts'
import { idempotencyKeyOf } from './idempotency-key.ts'
import { addIngestRoutes } from './ingest-routes.ts'
import { addJsonParser } from './json-body.ts'
import { addMultiRoutes } from './multi-routes.ts'
import { sendLines, wantsLines } from './ndjson.ts'
import { readBatch, readQuery } from './query-body.ts'
import { renderInfo, sendJson } from './render.ts'
import { tenantOf, withoutTenant } from './tenant.ts'
import { addVectorRoutes } from './vector-routes.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Aborts when the caller goes away before it is answered. */
    callerGone: AbortController
    /** performance.now(); not there for a path that cannot be read. */
    arrivedAt: number
    /** For whom its message says it is; the handler gets the message without that. */
    tenant: ClaimedTenant
  }
}

export interface HttpAppOptions {
  /** Is told what was not foreseen, and which request it befell. */
  readonly onFault: (error: unknown, requestId: string) => void
  /** Makes the server that listens; it may serve more than this door. */
  readonly listener: FastifyServerFactory
  readonly addressOf: AddressOf
  /** Of a message that is read whole. */
  readonly bodyBytes: number
}

/** The JSON door. */
export function createHttpApp(
  router: Router,
  { onFault, listener, addressOf, bodyBytes }: HttpAppOptions,
): FastifyInstance {
  const app = fastify({
    // The listener answers what is no HTTP.
    clientErrorHandler: () => {},
    frameworkErrors: (error, request, reply) => void refuse(error, request, reply),
    bodyLimit: bodyBytes,
    genReqId: ({ headers }) => requestIdOf(headers['x-request-id']),
    serverFactory: listener,
    // Keys of the configuration have 100 characters of up to 12 each.
    routerOptions: { maxParamLength: 1_200 },
  })

  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    request.arrivedAt = performance.now()
    request.callerGone = new AbortController()
    reply.raw.on('close', () => {
      if (!reply.raw.writableFinished) request.callerGone.abort()
    })
  })
  addAdmission(app, router, addressOf)
  app.addHook('preHandler', async (request) => {
    request.tenant = tenantOf(request.body)
    request.body = withoutTenant(request.body)
  })
  addJsonParser(app)
  addCompression(app)
  const refuse = (thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { http, retryAfterSeconds, error } = httpFailureOf(thrown, request.id)
    const outcome = http >= 500 ? 'failed' : 'refused'
    const durationMs = performance.now() - (request.arrivedAt ?? performance.now())
    router.observer.observeUnread({ requestId: request.id, outcome, code: error.code, durationMs }, thrown)
    // What an abandoned request ends with is no fault.
    if (http === 500 && !request.callerGone?.signal.aborted) onFault(thrown, request.id)
    // fastify would close the connection, which its message has left whole.
    if (thrown instanceof DbsvcError) reply.removeHeader('connection')
    if (retryAfterSeconds !== null) reply.header('retry-after', retryAfterSeconds)
    return reply.status(http).send({ error: { ...error.toJSON(), request_id: request.id } })
  }
  app.setErrorHandler(refuse)
  app.setNotFoundHandler((request, reply) => refuse(notFound(request), request, reply))

  app.post('/v1/query', async (request, reply) => {
    const asked = readQuery(request.body)
    if (wantsLines(request)) {
      const response = await performStream(router, router.operations.queryStream, callOf(request), asked)
      return sendLines(request, reply, response, onFault)
    }
    const { table, origin } = await perform(router, router.operations.query, callOf(request), asked)
    return sendJson(reply, `{${tableJson(table)},"info":${JSON.stringify(renderInfo(request, origin))}}`)
  })
  app.post('/v1/execute', async (request, reply) => {
    const asked = readQuery(request.body)
    const { table, origin } = await perform(router, router.operations.execute, callOf(request), asked)
    return sendJson(reply, `{${tableJson(table)},"info":${JSON.stringify(renderInfo(request, origin))}}`)
  })
  app.post('/v1/batch', async (request, reply) => {
    const { results, origin } = await perform(router, router.operations.batch, callOf(request), readBatch(request.body))
    const tables = results.map((table) => `{${tableJson(table)}}`).join(',')
    return sendJson(reply, `{"results":[${tables}],"info":${JSON.stringify(renderInfo(request, origin))}}`)
  })
  addExplainRoutes(app, router, callOf)
  addCacheRoutes(app, router, callOf)
  addVectorRoutes(app, router, callOf)
  addGraphRoutes(app, router, callOf)
  addMultiRoutes(app, router, callOf)
  addIngestRoutes(app, router, callOf)
  return app
}

/** What is known of a call before anything of it is believed. */
export function callOf({ headers, body, caller, service, tenant }: FastifyRequest): Call {
  // An empty one says nothing.
  const text = (name: string): string | undefined => {
    const value = headers[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const claimed = { company: text('x-dbsvc-company'), user: text('x-dbsvc-user'), session: text('x-dbsvc-session') }
  return {
    ...caller,
    service,
    tenant: claimOf(claimed, tenant),
    idempotencyKey: idempotencyKeyOf(text('idempotency-key'), body),
    traceparent: text('traceparent'),
    tracestate: text('tracestate'),
  }
}
