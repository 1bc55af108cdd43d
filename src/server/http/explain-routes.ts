import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Call } from '../call.ts'
import { perform } from '../perform.ts'
import type { Router } from '../router.ts'
import { readQuery } from './query-body.ts'
import { renderInfo } from './render.ts'

/** POST /v1/explain, with the message of a query. */
export function addExplainRoutes(
  app: FastifyInstance,
  router: Router,
  callOf: (request: FastifyRequest) => Call,
): void {
  app.post('/v1/explain', async (request) => {
    const { plan, advice, origin } = await perform(
      router,
      router.operations.explain,
      callOf(request),
      readQuery(request.body),
    )
    return { plan, advice, info: renderInfo(request, origin) }
  })
}
