import { z } from 'zod'
import { read } from '../http/read.ts'
import type { Named, Registration } from '../operations/registry.ts'

// Lengths as the columns of service_registry have them.
const text = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[^\0]*$/, 'holds NUL')
/** The name of a service. */
export const registeredName = text(50)

export const registration = z.strictObject({
  service: z.strictObject({
    service_name: registeredName.nullish(),
    service_host: text(255),
    service_port: z.int().min(1).max(65_535),
    health_endpoint: text(255).nullish(),
    status: z.enum(['active', 'inactive', 'draining']).default('active'),
    metadata: z.record(z.string(), z.json()).nullish(),
  }),
})

/** What a service says of itself. @throws DBS-2001 */
export function readRegistration(message: unknown): Named & Registration {
  const { service } = read(registration, message)
  return {
    name: service.service_name ?? null,
    host: service.service_host,
    port: service.service_port,
    healthEndpoint: service.health_endpoint ?? null,
    status: service.status,
    metadata: service.metadata ? JSON.stringify(service.metadata) : null,
  }
}
