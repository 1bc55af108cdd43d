import type { FastifyInstance } from 'fastify'
import type { Metrics } from './metrics.ts'

/** For Prometheus; nobody has to say who he is. */
export function addMetricsRoute(app: FastifyInstance, metrics: Metrics): void {
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.read()))
}
