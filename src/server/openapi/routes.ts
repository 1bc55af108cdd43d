import type { FastifyInstance } from 'fastify'
import { ownVersion } from '../../own-version.ts'
import { openApiDocument } from './document.ts'

/** GET /openapi.json: the contract of the JSON door; nobody has to say who he is. */
export function addOpenApiRoute(app: FastifyInstance): void {
  let document: string | undefined
  app.get('/openapi.json', async (_request, reply) => {
    document ??= JSON.stringify(openApiDocument(ownVersion()))
    return reply.type('application/json').send(document)
  })
}
