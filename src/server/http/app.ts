import { randomUUID } from 'node:crypto'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import type { Call } from '../call.ts'
import type { QueryRequest, QueryResponse } from '../operations/query.ts'
import { perform } from '../perform.ts'
import type { Router } from '../router.ts'
import { statusOf } from '../status.ts'

/** The JSON door: HTTP/1.1. */
export function createHttpApp(router: Router): FastifyInstance {
  const app = fastify({ bodyLimit: 16 * 1024 * 1024 })

  app.setErrorHandler((error, _request, reply) => {
    const failure = error instanceof DbsvcError ? error : DbsvcError.of('DBS-1902', { reason: reasonOf(error) }, error)
    const { http } = statusOf(failure.code, failure.exitCode)
    reply.status(http).send({ error: { code: failure.code, message: failure.message } })
  })

  for (const operation of [router.operations.query, router.operations.execute]) {
    app.post(`/v1/${operation.name}`, async (request) => {
      const body = request.body as { sql: string; params?: (string | null)[] }
      const asked: QueryRequest = {
        database: null,
        category: null,
        timeoutMs: null,
        text: body.sql,
        values: body.params ?? [],
      }
      return render(await perform(router, operation, callOf(request), asked))
    })
  }
  return app
}

function render({ table, origin }: QueryResponse) {
  return {
    columns: table.columns.map(({ name, type }) => ({ name, type })),
    rows: table.rows,
    row_count: table.rowCount,
    command: table.command,
    info: origin,
  }
}

function callOf({ headers, ip }: FastifyRequest): Call {
  const text = (name: string): string | undefined => {
    const value = headers[name]
    return typeof value === 'string' ? value : undefined
  }
  return {
    requestId: text('x-request-id') ?? randomUUID(),
    address: ip,
    bearer: /^Bearer (\S+)$/.exec(text('authorization') ?? '')?.[1],
    certificate: undefined,
    tenant: { company: text('x-dbsvc-company'), user: text('x-dbsvc-user'), session: text('x-dbsvc-session') },
    idempotencyKey: text('idempotency-key'),
    traceparent: text('traceparent'),
    arrivedAt: performance.now(),
    signal: new AbortController().signal,
  }
}
