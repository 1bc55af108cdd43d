import type pg from 'pg'
import { createScramClient } from '../scram-client.ts'
import type { ContextConnection } from './connection.ts'
import { connectFailure } from './failure.ts'
import { shakeHands, startupOptions } from './handshake.ts'

export interface Endpoint {
  readonly host: string
  readonly port: number
  readonly database: string
  /** Of database_service_role. */
  readonly password: string
  readonly ssl?: pg.ClientConfig['ssl']
  readonly applicationName?: string
}

/** host:port/database. */
export const placeOf = ({ host, port, database }: Endpoint): string => `${host}:${port}/${database}`

/** A new session of the shared role. @throws DBS-1101 where there is none in time, DBS-1102 */
export async function openConnection(endpoint: Endpoint, withinMs: number): Promise<ContextConnection> {
  const { host, port, database, password, ssl = false, applicationName = 'dbsvc' } = endpoint
  const client = createScramClient({
    host,
    port,
    database,
    user: 'database_service_role',
    password,
    ssl,
    application_name: applicationName,
    options: startupOptions,
    connectionTimeoutMillis: withinMs,
    keepAlive: true,
  })
  // Whoever waits for the connection is told what it failed with.
  client.on('error', () => {})
  try {
    await client.connect()
    return await shakeHands(client, { host, port, ssl })
  } catch (error) {
    client.end().catch(() => {})
    throw connectFailure(error, placeOf(endpoint))
  }
}
