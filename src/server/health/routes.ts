import type { FastifyInstance } from 'fastify'
import type { Health } from './open-health.ts'

/** For load balancers and people; nobody has to say who he is. */
export function addHealthRoutes(app: FastifyInstance, health: Health): void {
  app.get('/livez', async () => ({ status: 'alive' }))
  app.get('/readyz', async (_request, reply) => {
    const reason = health.unreadiness()
    if (reason === null) return { status: 'ready' }
    return reply.status(503).send({ status: 'not ready', reason })
  })
  app.get('/health', async (_request, reply) => {
    const { status, body } = health.report()
    return reply.status(status === 'unhealthy' ? 503 : 200).send(body)
  })
}
