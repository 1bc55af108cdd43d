import pg from 'pg'
import { abortable } from './abortable.ts'
import type { ContextConnection } from './connection.ts'
import { connectFailure } from './failure.ts'
import { shakeHands, startupOptions } from './handshake.ts'
import { type Lease, lease } from './lease.ts'

export interface ConnectionsOptions {
  readonly host: string
  readonly port: number
  readonly database: string
  /** Of database_service_role. */
  readonly password: string
  readonly ssl?: pg.ClientConfig['ssl']
  /** Most connections at a time. */
  readonly max: number
  readonly applicationName?: string
  /** Longest wait for a connection, be it a free or a new one; 5,000. */
  readonly waitMs?: number
  /** An unused connection is closed after so long; 60,000. */
  readonly idleMs?: number
  /** How long a cancellation may take before the connection is destroyed; 2,000. */
  readonly cancelMs?: number
  /** A connection that has served so many companies is replaced; 500. */
  readonly companiesPerConnection?: number
}

/** Connections of the shared role, each leased to one request at a time. */
export interface Connections {
  /** host:port/database. */
  readonly place: string
  readonly cancelMs: number
  /** @throws DBS-1101 where none is free or made in time, DBS-1102, or the signal's reason */
  take(signal?: AbortSignal): Promise<Lease>
  counts(): { readonly open: number; readonly idle: number; readonly waiting: number }
  close(): Promise<void>
}

export function openConnections(options: ConnectionsOptions): Connections {
  const { host, port, database, ssl = false, cancelMs = 2_000, companiesPerConnection = 500 } = options
  const place = `${host}:${port}/${database}`
  const shaken = new WeakMap<object, ContextConnection>()
  const pool = new pg.Pool({
    host,
    port,
    database,
    user: 'database_service_role',
    password: options.password,
    ssl,
    max: options.max,
    application_name: options.applicationName ?? 'dbsvc',
    options: startupOptions,
    connectionTimeoutMillis: options.waitMs ?? 5_000,
    idleTimeoutMillis: options.idleMs ?? 60_000,
    keepAlive: true,
    // pg-pool waits for the promise, though its published types do not say so.
    onConnect: async (client: pg.ClientBase) => {
      shaken.set(client, await shakeHands(client as pg.Client, { host, port, ssl }))
    },
  })
  // An idle connection that breaks is replaced by the next request.
  pool.on('error', () => {})

  const connect = async (): Promise<pg.PoolClient> => {
    try {
      return await pool.connect()
    } catch (error) {
      throw connectFailure(error, place)
    }
  }

  return {
    place,
    cancelMs,
    async take(signal) {
      signal?.throwIfAborted()
      const client = await abortable(connect(), signal, (late) => late.release())
      const connection = shaken.get(client)
      if (connection === undefined) throw new Error('a connection without handshake')
      return lease(client, connection, { cancelMs, companiesPerConnection })
    },
    counts: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  }
}
