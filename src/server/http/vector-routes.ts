import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Call } from '../call.ts'
import { perform } from '../perform.ts'
import type { Router } from '../router.ts'
import { readDelete, readInsert, readSearch, readUpdate } from './vector-body.ts'

/** POST /v1/vector/similarity_search, insert, update and delete. */
export function addVectorRoutes(app: FastifyInstance, router: Router, callOf: (request: FastifyRequest) => Call): void {
  const { vector } = router.operations

  app.post('/v1/vector/similarity_search', async (request) => {
    const objects = await perform(router, vector.search, callOf(request), readSearch(request.body))
    return { objects: objects.map(({ vector, ...found }) => (vector === null ? found : { ...found, vector })) }
  })
  app.post('/v1/vector/insert', async (request) => ({
    ids: await perform(router, vector.insert, callOf(request), readInsert(request.body)),
  }))
  app.post('/v1/vector/update', async (request) => {
    await perform(router, vector.update, callOf(request), readUpdate(request.body))
    return {}
  })
  app.post('/v1/vector/delete', async (request) => ({
    deleted: await perform(router, vector.delete, callOf(request), readDelete(request.body)),
  }))
}
