import type { Socket } from 'node:net'
import { hostname, userInfo } from 'node:os'
import pg from 'pg'
import type { Config } from '../../config/schema.ts'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import { readAuthorities } from '../authorities.ts'
import { createScramClient } from './scram-client.ts'

export type PostgresConfig = Config['postgres']

/** PostgreSQL 15 brought security_invoker views and a public schema that not everyone may create in. */
const oldestServer = 150_000

/** host:port/database, as shown to people before anything there is changed. */
export const placeOfCluster = (config: PostgresConfig): string => `${config.host}:${config.port}/${config.database}`

/** Who is working, as the server shows it to others that wait for a lock; PostgreSQL cuts names at 63 bytes. */
export function applicationName(command: string): string {
  return `dbsvc ${command} by ${userInfo().username}@${hostname()} pid ${process.pid}`.slice(0, 63)
}

/**
 * Connects as the configured user.
 * @throws DBS-1101 unreachable, DBS-1102 refused, DBS-1103 server too old
 */
export async function connectAdmin(config: PostgresConfig, name: string): Promise<pg.Client> {
  const client = createScramClient({
    host: config.host,
    port: config.port,
    database: config.database,
    user: config.user,
    // An absent password must not become pg's look-up in ~/.pgpass: dbsvc's configuration is the only source.
    password: config.password ?? '',
    ssl: await sslOf(config),
    connectionTimeoutMillis: config.connectTimeoutMs,
    application_name: name,
    keepAlive: true,
  })
  // Errors between queries surface in the next query; without a listener they would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ number: string; version: string }>(
      `select current_setting('server_version_num') as number, current_setting('server_version') as version`,
    )
    const server = rows[0]
    if (server === undefined || Number(server.number) < oldestServer) {
      throw DbsvcError.of('DBS-1103', {
        engine: 'PostgreSQL',
        place: placeOfCluster(config),
        found: server?.version ?? 'unknown',
        wanted: '15 or newer',
      })
    }
    return client
  } catch (error) {
    await client.end().catch(() => {})
    throw connectionError(error, config, config.user)
  }
}

/** Closes it without a goodbye: `end` would wait for a server that says nothing. */
export function abandon(client: pg.Client): void {
  const { connection } = client as unknown as { readonly connection: { readonly stream: Socket } }
  connection.stream.destroy()
}

/** Whether what is sent to that host, or into that socket's folder, stays on this machine. */
export const isLoopback = (host: string): boolean =>
  ['localhost', '127.0.0.1', '::1'].includes(host) || host.startsWith('/')

/** TLS as configured: verified against the system's or the given authority, off by default on loopback only. @throws DBS-1003 */
export async function sslOf(config: PostgresConfig): Promise<boolean | { rejectUnauthorized: boolean; ca?: string[] }> {
  const mode = config.ssl ?? (isLoopback(config.host) ? 'disable' : 'verify-full')
  if (mode === 'disable') return false
  if (mode === 'require') return { rejectUnauthorized: false }
  if (config.sslRootCert === undefined) return { rejectUnauthorized: true }
  return { rejectUnauthorized: true, ca: await readAuthorities(config.sslRootCert) }
}

/** Tells a refusal (SQLSTATE class 28, and 3D000 for a database that is not there) from a server that is not there. */
export function connectionError(error: unknown, config: PostgresConfig, user: string): DbsvcError {
  if (error instanceof DbsvcError) return error
  const place = placeOfCluster(config)
  const reason = reasonOf(error)
  const refused = error instanceof pg.DatabaseError && /^(28|3D|42501)/.test(error.code ?? '')
  // pg reports a server that wants a password from a client without one as a plain Error.
  if (refused || /SASL|password/i.test(reason)) {
    return DbsvcError.of('DBS-1102', { engine: 'PostgreSQL', place, user, reason }, error)
  }
  return DbsvcError.of('DBS-1101', { engine: 'PostgreSQL', place, reason }, error)
}

/** What an operation threw that is the user's or the connection's fault, as an error of the catalogue; anything else as it is. */
export function operationError(error: unknown, config: PostgresConfig): unknown {
  // It may repeat what another engine said of its own connection.
  if (error instanceof DbsvcError) return error
  const place = placeOfCluster(config)
  if (error instanceof pg.DatabaseError && error.code === '42501') {
    return DbsvcError.of('DBS-1104', { place, user: config.user, missing: reasonOf(error) }, error)
  }
  return isConnectionLoss(error) ? DbsvcError.of('DBS-1105', { place, reason: reasonOf(error) }, error) : error
}

/** Whether the connection, not the statement, is what failed. */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return /^(08|57P0)/.test(error.code ?? '')
  return (
    error instanceof Error &&
    /Connection terminated|ECONNRESET|EPIPE|not queryable|Client was closed/.test(error.message)
  )
}

/**
 * Lets several callers share a connection: each query waits for the one before it. pg queues them too, and is to stop doing so
 * (deprecated in 8, gone in 9).
 */
export function oneAtATime(client: pg.Client): pg.Client {
  const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>
  let last: Promise<unknown> = Promise.resolve()
  const queued = (...args: unknown[]): Promise<unknown> => {
    const result = last.then(() => query(...args))
    last = result.catch(() => {})
    return result
  }
  return Object.assign(client, { query: queued as pg.Client['query'] })
}
