import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { callOf } from '../http/app.ts'
import { read } from '../http/read.ts'
import type { RegisteredService, registryOperations } from '../operations/registry.ts'
import { type Pipeline, performForService } from '../perform.ts'
import { readRegistration, registeredName } from './registration.ts'

const named = z.object({ name: registeredName })
export const registryLookups = z.object({ include_expired: z.stringbool().default(false) })

/** The service registry over JSON. */
export function addRegistryRoutes(
  app: FastifyInstance,
  pipeline: Pipeline,
  { register, heartbeat, deregister, lookup }: ReturnType<typeof registryOperations>,
): void {
  app.post('/v1/registry/services', async (request) => {
    const { heartbeatWithinMs, ...registered } = await performForService(
      pipeline,
      register,
      callOf(request),
      readRegistration(request.body),
    )
    return { service: render(registered), heartbeat_within_ms: heartbeatWithinMs }
  })
  app.post('/v1/registry/services/:name/heartbeat', async (request) => {
    const found = await performForService(pipeline, heartbeat, callOf(request), read(named, request.params))
    return { heartbeat_within_ms: found.heartbeatWithinMs }
  })
  app.delete('/v1/registry/services/:name', async (request) =>
    performForService(pipeline, deregister, callOf(request), read(named, request.params)),
  )
  for (const path of ['/v1/registry/services', '/v1/registry/services/:name']) {
    app.get(path, async (request) => {
      const { include_expired: includeExpired } = read(registryLookups, request.query)
      const name = path.endsWith(':name') ? read(named, request.params).name : null
      const services = await performForService(pipeline, lookup, callOf(request), { name, includeExpired })
      return { services: services.map(render) }
    })
  }
}

const render = ({ name, host, port, healthEndpoint, status, lastHeartbeat, metadata }: RegisteredService) => ({
  service_name: name,
  service_host: host,
  service_port: port,
  health_endpoint: healthEndpoint,
  status,
  last_heartbeat: lastHeartbeat,
  metadata: metadata === null ? null : (JSON.parse(metadata) as unknown),
})
