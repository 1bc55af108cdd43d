import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Call } from '../call.ts'
import type { GraphResponse } from '../operations/graph.ts'
import { perform } from '../perform.ts'
import type { Router } from '../router.ts'
import { graphOperationOf, readGraphQuery, readTraversal } from './graph-body.ts'
import { renderInfo } from './render.ts'

/** POST /v1/graph/query and traverse. */
export function addGraphRoutes(app: FastifyInstance, router: Router, callOf: (request: FastifyRequest) => Call): void {
  const { graph } = router.operations
  const render = (request: FastifyRequest, { results, origin }: GraphResponse) => ({
    results,
    info: renderInfo(request, origin),
  })

  app.post('/v1/graph/query', async (request) => {
    const asked = readGraphQuery(request.body)
    return render(request, await perform(router, graphOperationOf(graph, asked), callOf(request), asked))
  })
  app.post('/v1/graph/traverse', async (request) =>
    render(request, await perform(router, graph.traverse, callOf(request), readTraversal(request.body))),
  )
}
