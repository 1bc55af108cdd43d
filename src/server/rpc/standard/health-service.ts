import { setTimeout as pause } from 'node:timers/promises'
import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect'
import { type Health, HealthCheckResponse_ServingStatus as Status } from '../../contract/grpc/health/v1/health_pb.js'

/** How long a change may stay untold, in milliseconds. */
const lookMs = 1_000

export interface HealthTerms {
  /** Null when requests can be served. */
  readonly unreadiness: () => string | null
  /** Aborts when the server stops, which ends every watch. */
  readonly stopping: AbortSignal
  /** Names of services; each serves when the server does. */
  readonly services: ReadonlySet<string>
}

/** grpc.health.v1: readiness, for load balancers that speak gRPC; nobody has to say who he is. */
export function healthService({ unreadiness, stopping, services }: HealthTerms): ServiceImpl<typeof Health> {
  const statusOf = (service: string): Status => {
    if (service !== '' && !services.has(service)) return Status.SERVICE_UNKNOWN
    return stopping.aborted || unreadiness() !== null ? Status.NOT_SERVING : Status.SERVING
  }
  return {
    check({ service }) {
      const status = statusOf(service)
      if (status !== Status.SERVICE_UNKNOWN) return { status }
      throw new ConnectError('there is no such service', Code.NotFound)
    },
    async *watch({ service }, { signal }) {
      const ended = AbortSignal.any([signal, stopping])
      for (let told: Status | null = null; ; ) {
        const status = statusOf(service)
        if (status !== told) yield { status }
        told = status
        if (ended.aborted) return
        await pause(lookMs, undefined, { signal: ended }).catch(() => {})
      }
    },
  }
}
