import type { AddressInfo } from 'node:net'
import { withContextPool } from '../app/company/context-pool.ts'
import { withSession } from '../app/session.ts'
import type { LoadedConfig } from '../config/load.ts'
import { DbsvcError, reasonOf } from '../core/errors/error.ts'
import { createHttpApp } from './http/app.ts'
import { openRouter } from './router.ts'

export interface ServeOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Stops the server: requests under way are finished first. */
  readonly signal: AbortSignal
  readonly onReady: (address: { readonly host: string; readonly port: number }) => void
}

/** Serves until the signal aborts. @throws DBS-2002 and what connecting throws */
export async function serve(loaded: LoadedConfig, { host, port, signal, onReady }: ServeOptions): Promise<void> {
  await withSession(loaded, 'serve', (session) =>
    withContextPool(session, async (pool) => {
      const router = openRouter(session, pool)
      const app = createHttpApp(router)
      try {
        await app.listen({ host, port }).catch((error: unknown) => {
          throw DbsvcError.of('DBS-2002', { host, port, reason: reasonOf(error) }, error)
        })
        onReady({ host, port: (app.server.address() as AddressInfo).port })
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      } finally {
        await app.close()
        await router.close()
      }
    }),
  )
}
