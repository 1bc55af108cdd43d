import pg from 'pg'
import { DbsvcError } from '../../core/errors/error.ts'
import type { Queries } from '../../engines/postgres/lasting-client.ts'
import type { ServiceContext } from '../context/request-context.ts'
import type { ServiceOperation } from '../operation.ts'

/** What a service says of itself in service_registry. */
export interface Registration {
  readonly host: string
  readonly port: number
  readonly healthEndpoint: string | null
  readonly status: 'active' | 'inactive' | 'draining'
  /** JSON text; null for none. */
  readonly metadata: string | null
}

export interface RegisteredService extends Omit<Registration, 'status'> {
  readonly name: string
  /** `expired` when it was silent for too long. */
  readonly status: Registration['status'] | 'expired'
  /** ISO 8601, to the microsecond. */
  readonly lastHeartbeat: string
}

/** Names a service; null stands for the one that calls. */
export interface Named {
  readonly name: string | null
}

export interface RegistryTerms {
  /** A service that is silent for longer expires. */
  readonly heartbeatWithinMs: number
}

/**
 * Who offers what where, shared by all companies. A service speaks for itself alone. One that was silent for too long is `expired` to
 * whoever looks it up, and is set to `inactive` in the table by the next one that registers or gives a sign of life.
 */
export function registryOperations(client: Queries, { heartbeatWithinMs }: RegistryTerms) {
  const silence = `${heartbeatWithinMs} milliseconds`
  const ask = async <Answer>(call: string, values: readonly unknown[]): Promise<Answer[]> => {
    try {
      const { rows } = await client.query<{ answer: Answer }>(`select dbsvc.${call} as answer`, [...values])
      return rows.map(({ answer }) => answer)
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === '42P01') throw DbsvcError.of('DBS-1302', noTable, error)
      throw error
    }
  }

  const register: ServiceOperation<Named & Registration, RegisteredService & RegistryTerms> = {
    name: 'register_service',
    verb: 'write',
    async run({ service }, { name, host, port, healthEndpoint, status, metadata }) {
      const [found] = await ask<RegisteredService>('register_service($1, $2, $3, $4, $5, $6, $7)', [
        silence,
        itself(service, name),
        host,
        port,
        healthEndpoint,
        status,
        metadata,
      ])
      if (found === undefined) throw DbsvcError.of('DBS-2502', { service: service.name })
      return { ...found, heartbeatWithinMs }
    },
  }
  const heartbeat: ServiceOperation<Named, RegistryTerms> = {
    name: 'heartbeat',
    verb: 'write',
    async run({ service }, { name }) {
      const [known] = await ask<boolean>('heartbeat($1, $2)', [silence, itself(service, name)])
      if (known !== true) throw DbsvcError.of('DBS-2502', { service: service.name })
      return { heartbeatWithinMs }
    },
  }
  const deregister: ServiceOperation<Named, { readonly removed: boolean }> = {
    name: 'deregister_service',
    verb: 'write',
    async run({ service }, { name }) {
      const [removed] = await ask<boolean>('deregister_service($1)', [itself(service, name)])
      return { removed: removed === true }
    },
  }
  const lookup: ServiceOperation<Named & { readonly includeExpired: boolean }, readonly RegisteredService[]> = {
    name: 'lookup_service',
    verb: 'read',
    async run(_context, { name, includeExpired }) {
      const found = await ask<RegisteredService>('lookup_services($1, $2, $3)', [silence, name, includeExpired])
      if (name !== null && found.length === 0) throw DbsvcError.of('DBS-2502', { service: name })
      return found
    },
  }
  return { register, heartbeat, deregister, lookup }
}

const noTable = { file: 'migrations/postgres/shared', reason: 'no migration has made service_registry' }

/** @throws DBS-2503 */
function itself({ name: caller }: ServiceContext['service'], name: string | null): string {
  if (name !== null && name !== caller) throw DbsvcError.of('DBS-2503', { caller, service: name })
  return caller
}
