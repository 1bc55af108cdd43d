import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Arango } from './arango.ts'
import { createHttpServer } from './http.ts'
import type { Json } from './json.ts'
import { databaseNameIn, dispatch } from './router.ts'
import { routes } from './routes.ts'
import { Storage } from './storage.ts'

export interface StandInOptions {
  /** 0, the default, is any free one. */
  readonly port?: number
  readonly rootPassword?: string
  /** How long a stream transaction may do nothing before it is aborted. */
  readonly transactionIdleMs?: number
  /** Keeps what it is told here; without it, it forgets everything when it ends. */
  readonly directory?: string
  readonly startupOptions?: Readonly<Record<string, Json>>
}

export interface RunningStandIn {
  readonly url: string
  readonly port: number
  stop(): Promise<void>
}

/** Starts a server on 127.0.0.1 that answers as ArangoDB would; it begins with the user `root` and the database `_system`. */
export async function startArangoStandIn(options: StandInOptions = {}): Promise<RunningStandIn> {
  const { port = 0, rootPassword = '', transactionIdleMs = 60_000, directory, startupOptions = {} } = options
  const arango = new Arango({ rootPassword, transactionIdleMs, startupOptions })
  const storage = directory === undefined ? null : new Storage(directory)
  storage?.load(arango)
  const server = createHttpServer(async (incoming) => {
    try {
      return await dispatch(arango, routes, incoming)
    } finally {
      // Also after a refusal: a query may have written before it failed.
      if (incoming.method !== 'GET' && incoming.method !== 'HEAD') storage?.save(arango, databaseNameIn(incoming.url))
    }
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: listening } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${listening}`,
    port: listening,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
