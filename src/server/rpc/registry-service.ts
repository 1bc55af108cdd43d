import type { ServiceImpl } from '@connectrpc/connect'
import type { RegisteredService as Message, RegistryService } from '../contract/dbsvc/v1/registry_pb.js'
import { readRegistration } from '../coordination/registration.ts'
import type { Named, RegisteredService } from '../operations/registry.ts'
import { performForService } from '../perform.ts'
import type { Router } from '../router.ts'
import type { Answer } from './answer.ts'
import { parseField } from './json-fields.ts'

/** Who offers what where; for no company. */
export function registryService(router: Router, answer: Answer): ServiceImpl<typeof RegistryService> {
  const { register, heartbeat, deregister, lookup } = router.registry
  return {
    register: (message, context) =>
      answer(context, {}, async (call) => {
        const asked = readRegistration({ service: bodyOf(message.service) })
        const { heartbeatWithinMs, ...service } = await performForService(router, register, call, asked)
        return { service: render(service), heartbeatWithinMs }
      }),
    heartbeat: (message, context) =>
      answer(context, {}, (call) => performForService(router, heartbeat, call, named(message.serviceName))),
    deregister: (message, context) =>
      answer(context, {}, (call) => performForService(router, deregister, call, named(message.serviceName))),
    lookup: (message, context) =>
      answer(context, {}, async (call) => {
        const asked = { ...named(message.serviceName), includeExpired: message.includeExpired }
        return { services: (await performForService(router, lookup, call, asked)).map(render) }
      }),
  }
}

/** As the JSON door has it; what is empty is left out. */
function bodyOf(service: Message | undefined) {
  if (service === undefined) return undefined
  const { serviceName, serviceHost, servicePort, healthEndpoint, status, metadata } = service
  return {
    service_name: serviceName || undefined,
    service_host: serviceHost,
    service_port: servicePort,
    health_endpoint: healthEndpoint || undefined,
    status: status || undefined,
    metadata: parseField('service.metadata', metadata),
  }
}

const named = (name: string): Named => ({ name: name || null })

const render = ({ name, host, port, healthEndpoint, status, lastHeartbeat, metadata }: RegisteredService) => ({
  serviceName: name,
  serviceHost: host,
  servicePort: port,
  healthEndpoint: healthEndpoint ?? '',
  status,
  lastHeartbeat,
  metadata: metadata ?? '',
})
