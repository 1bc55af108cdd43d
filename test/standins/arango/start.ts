import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Arango } from './arango.ts'
import { createHttpServer } from './http.ts'
import { dispatch } from './router.ts'
import { routes } from './routes.ts'

export interface StandInOptions {
  /** 0, the default, is any free one. */
  readonly port?: number
  readonly rootPassword?: string
  /** How long a stream transaction may do nothing before it is aborted. */
  readonly transactionIdleMs?: number
}

export interface RunningStandIn {
  readonly url: string
  readonly port: number
  stop(): Promise<void>
}

/** Starts a server on 127.0.0.1 that answers as ArangoDB would, without data but for the user `root` and the database `_system`. */
export async function startArangoStandIn(options: StandInOptions = {}): Promise<RunningStandIn> {
  const { port = 0, rootPassword = '', transactionIdleMs = 60_000 } = options
  const arango = new Arango({ rootPassword, transactionIdleMs })
  const server = createHttpServer((incoming) => dispatch(arango, routes, incoming))
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
