import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { Redis } from 'ioredis'
import type { Config } from '../../config/schema.ts'
import { readAuthorities } from '../authorities.ts'
import { connectionError } from './errors.ts'

const connectTimeoutMs = 5000
const disconnectTimeoutMs = 200
// No command of dbsvc takes long, whatever the size of the server: one that is not answered in this time never will be.
const commandTimeoutMs = 15_000

export interface Endpoint {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  /** File with the authority that vouches for the server; those that Node knows where there is none. */
  readonly ca: string | undefined
}

export interface Credentials {
  readonly user: string
  readonly password: string | undefined
}

/**
 * Where the server is, from `dragonfly.url`; null where it is not used. Users begin in database 0, so that a database in the URL
 * would be one that no company can reach: it is not used.
 */
export function endpointOf({ dragonfly }: Config): Endpoint | null {
  if (dragonfly.url === undefined) return null
  const { protocol, hostname, port } = new URL(dragonfly.url)
  return {
    // An IPv6 address has brackets in a URL and none in a socket.
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 6379 : Number(port),
    tls: protocol === 'rediss:',
    ca: dragonfly.ca,
  }
}

/** What the client takes for TLS; empty without. @throws DBS-1003 */
export async function tlsOf({ host, tls, ca }: Endpoint): Promise<{ readonly tls?: ConnectionOptions }> {
  if (!tls) return {}
  return {
    tls: {
      // A certificate is asked for by name; an address is none.
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(ca === undefined ? {} : { ca: await readAuthorities(ca) }),
    },
  }
}

export const describeEndpoint = ({ host, port }: Endpoint): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`

/** Who administers: as configured, or as the URL says where the configuration names no password. */
export function administratorOf({ dragonfly }: Config): Credentials {
  const { user, password } = dragonfly
  if (password !== undefined || dragonfly.url === undefined) return { user, password }
  const url = new URL(dragonfly.url)
  if (url.password === '') return { user, password: undefined }
  return {
    user: url.username === '' ? user : decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  }
}

/**
 * Connects once: a connection that breaks stays broken, and what was under way fails.
 * @param application shown by CLIENT LIST
 * @throws DBS-1003 its authority, DBS-1101 unreachable, DBS-1102 refused
 */
export async function connectTo(endpoint: Endpoint, who: Credentials, application: string): Promise<Redis> {
  const { Redis } = await import('ioredis')
  const client = new Redis({
    host: endpoint.host,
    port: endpoint.port,
    ...(await tlsOf(endpoint)),
    ...(who.password === undefined ? {} : { username: who.user, password: who.password }),
    // A name may not have spaces.
    connectionName: application.replace(/[^!-~]+/g, '-'),
    lazyConnect: true,
    // It asks for INFO, which companies' users may not.
    enableReadyCheck: false,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    // A server that is gone does not say goodbye; until this is over the process cannot end.
    disconnectTimeout: disconnectTimeoutMs,
  })
  // `connect` says only that the connection is closed; why is told to whoever listens.
  let reason: unknown
  client.on('error', (error: unknown) => {
    reason ??= error
  })
  // `connectTimeout` ends with the connection, and something that says nothing may listen there.
  const deadline = setTimeout(() => {
    reason ??= new Error(`no answer within ${connectTimeoutMs / 1000} s`)
    client.disconnect()
  }, connectTimeoutMs)
  try {
    await client.connect()
    return client
  } catch (error) {
    client.disconnect()
    throw connectionError(reason ?? error, describeEndpoint(endpoint), who.user)
  } finally {
    clearTimeout(deadline)
  }
}
