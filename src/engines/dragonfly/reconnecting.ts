import type { Redis } from 'ioredis'
import { type Credentials, type Endpoint, tlsOf } from './connection.ts'
import { isCredentials } from './errors.ts'

const longestPauseMs = 2_000

export interface ReconnectingOptions {
  readonly application: string
  readonly commandTimeoutMs: number
  /** The server answers and does not know the user, or its password; it is tried again all the same. */
  readonly onRefused: () => void
}

/**
 * A connection that comes back by itself, for what may be missing for a while: a command fails at once while there is none, and after
 * `commandTimeoutMs` where the server says nothing. It returns before it is connected.
 * @throws DBS-1003
 */
export async function connectAgainAndAgain(
  endpoint: Endpoint,
  { user, password }: Credentials,
  { application, commandTimeoutMs, onRefused }: ReconnectingOptions,
): Promise<Redis> {
  const { Redis } = await import('ioredis')
  const client = new Redis({
    host: endpoint.host,
    port: endpoint.port,
    ...(await tlsOf(endpoint)),
    ...(password === undefined ? {} : { username: user, password }),
    connectionName: application.replace(/[^!-~]+/g, '-'),
    enableReadyCheck: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), longestPauseMs),
    connectTimeout: 5_000,
    commandTimeout: commandTimeoutMs,
    disconnectTimeout: 200,
  })
  // Each command says by itself that it failed; without a listener the process would end.
  client.on('error', ({ message }: Error) => {
    if (isCredentials(message)) onRefused()
  })
  return client
}
