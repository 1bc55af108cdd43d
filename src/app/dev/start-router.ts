import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LoadedConfig } from '../../config/load.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { digestOf } from '../../core/service/api-key.ts'
import { everything } from '../../core/service/grants.ts'
import { serve } from '../../server/serve.ts'
import { createService } from '../service/create.ts'
import type { Session } from '../session.ts'

/** The router of a development cluster. */
export interface DevRouter {
  /** http://host:port, or https: where server.tls has a certificate. */
  readonly url: string
  stop(): Promise<void>
}

/** Starts `dbsvc serve` on the cluster in this process, on `server.port` or, where that is taken, on a free one. */
export async function startRouter(loaded: LoadedConfig): Promise<DevRouter> {
  const { server } = loaded.config
  // What goes well is no news to whoever reads the terminal.
  const quiet = loaded.origins.get('server.log.level')?.kind === 'default'
  const config = { ...loaded.config, server: { ...server, log: quiet ? { level: 'warn' as const } : server.log } }
  const start = (port: number) => startOn({ ...loaded, config }, port)
  return start(server.port).catch((error: unknown) => {
    if (error instanceof DbsvcError && error.code === 'DBS-2002') return start(0)
    throw error
  })
}

async function startOn(loaded: LoadedConfig, port: number): Promise<DevRouter> {
  const end = new AbortController()
  const ready = Promise.withResolvers<string>()
  const served = serve(loaded, {
    host: loaded.config.server.host,
    port,
    signal: end.signal,
    onReady: ({ scheme, host, port: taken }) => ready.resolve(`${scheme}://${host}:${taken}`),
  })
  const url = await Promise.race([ready.promise, served.then(() => ready.promise)])
  return {
    url,
    async stop() {
      end.abort()
      await served.catch(() => {})
    },
  }
}

const service = 'dev'

/** The API key of service `dev`, the same one at every start; it is kept with mode 0600 beside the data. */
export async function devKey(session: Session, directory: string): Promise<string> {
  const file = join(directory, 'api-key')
  const kept = await readFile(file, 'utf8').catch(() => null)
  if (kept !== null) {
    const { rowCount } = await session.client.query(
      'select from dbsvc.service_keys where service = $1 and digest = $2 and revoked_at is null',
      [service, digestOf(kept)],
    )
    if (rowCount === 1) return kept
  }
  await session.client.query('delete from dbsvc.services where service = $1', [service])
  const { key } = await createService(session, {
    service,
    grants: everything,
    terms: { networks: null, expiresAt: null },
  })
  await writeFile(file, key, { mode: 0o600 })
  return key
}
