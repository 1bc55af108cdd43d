import { resolve } from 'node:path'
import {
  type DevEndpoint,
  type DevStores,
  devSecretsIn,
  removeDevEndpoint,
  writeDevEndpoint,
} from '../../config/dev-endpoint.ts'
import type { LoadedConfig } from '../../config/load.ts'
import { isSectionNamed } from '../../config/named.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { startEmbeddedPostgres } from '../../embedded/postgres/start.ts'
import type { ServerExit } from '../../embedded/server-exit.ts'
import { connectAdmin } from '../../engines/postgres/connection.ts'
import { ensureDatabase } from '../../engines/postgres/database.ts'
import { createCompanies } from '../company/create.ts'
import { listOf } from '../company/list.ts'
import { throwFailures } from '../migrate/run.ts'
import { migrateUp } from '../migrate/up.ts'
import { withSession } from '../session.ts'
import { loadSample } from './load-sample.ts'
import type { CompanySight } from './sight.ts'
import { type DevRouter, devKey, startRouter } from './start-router.ts'
import { type DevStore, startStores } from './start-stores.ts'

export interface DevOptions {
  /** Port of the embedded PostgreSQL; 0 takes a free one and keeps it. */
  readonly port: number
  /** CSV file of daily bars, absolute; without it the companies stay empty. */
  readonly sample?: string
  /** The PATH that further engines are looked for on. */
  readonly path: string | undefined
  readonly signal: AbortSignal
  readonly onEvent: (event: RunEvent) => void
}

/** A development cluster that is up. */
export interface DevCluster {
  readonly endpoint: DevEndpoint
  readonly directory: string
  /** The engines beside PostgreSQL that run with it. */
  readonly stores: readonly DevStore[]
  /** Whether a plain `dbsvc` in this folder finds it: not where the configuration names a cluster of its own. */
  readonly foundByOthers: boolean
  readonly migrations: number
  readonly companies: readonly CompanySight[]
  /** Where `dbsvc serve` answers, and a key that it takes for every company. */
  readonly router: { readonly url: string; readonly key: string }
  /** Resolves when the server ends, wanted or not. */
  readonly exited: Promise<ServerExit>
  stop(): Promise<void>
}

const database = 'dbsvc'

/** Starts the embedded engines and brings them to what the project describes. Everything is kept for the next start. */
export async function startDev(loaded: LoadedConfig, options: DevOptions): Promise<DevCluster> {
  const { dev } = loaded.config
  const directory = resolve(loaded.root, dev.directory)
  const server = await startEmbeddedPostgres({ directory, port: options.port, signal: options.signal })
  let stores: readonly DevStore[] = []
  let router: DevRouter | undefined
  const stop = async (): Promise<void> => {
    await router?.stop()
    await Promise.all(stores.map((store) => store.stop()))
    await server.stop()
  }
  try {
    // The lock that PostgreSQL has taken is on the folder of all of them.
    stores = await startStores({
      directory,
      engines: resolve(loaded.root, dev.engines),
      path: options.path,
      signal: options.signal,
      onWarning: (text) => options.onEvent({ type: 'warning', text }),
    })
    const { host, port, user, password } = server
    const settings = Object.fromEntries(stores.map((store) => [store.name, store.settings]))
    const endpoint: DevEndpoint = { pid: process.pid, host, port, user, password, database, stores: settings }
    const development = pointAt(loaded, directory, endpoint)
    const admin = await connectAdmin({ ...development.config.postgres, database: server.database }, 'dbsvc dev')
    await ensureDatabase(admin, database).finally(() => admin.end())

    const { migrations, companies, key } = await withSession(development, 'dev', async (session) => {
      const run = await migrateUp(session, { ...options, selection: {} })
      throwFailures(run)
      const { signal, onEvent } = options
      const created = await createCompanies(session, listOf(dev.companies), {
        atomic: false,
        rollback: false,
        signal,
        onEvent,
      })
      const [failure] = created.failures
      if (failure !== undefined) throw failure.error
      return {
        migrations: run.steps.length,
        companies: await loadSample(session, dev.companies, options.sample),
        key: await devKey(session, directory),
      }
    })
    router = await startRouter(development)
    await writeDevEndpoint(directory, endpoint)
    const foundByOthers = !isSectionNamed(loaded.origins, 'postgres')
    return {
      endpoint,
      directory,
      foundByOthers,
      stores,
      migrations,
      companies,
      router: { url: router.url, key },
      exited: Promise.race([server.exited, ...stores.map((store) => store.exited)]),
      async stop() {
        await removeDevEndpoint(directory)
        await stop()
      },
    }
  } catch (error) {
    await stop()
    throw options.signal.aborted ? DbsvcError.of('DBS-1904', {}, error) : error
  }
}

function pointAt(loaded: LoadedConfig, directory: string, endpoint: DevEndpoint): LoadedConfig {
  const { pid: _pid, stores, ...postgres } = endpoint
  const { config } = loaded
  const own = Object.entries(stores)
    .filter(([section]) => !isSectionNamed(loaded.origins, section))
    .map(([section, values]) => [section, { ...config[section as keyof DevStores], ...values }] as const)
  return {
    ...loaded,
    config: {
      ...config,
      ...Object.fromEntries(own),
      postgres: { connectTimeoutMs: config.postgres.connectTimeoutMs, ...postgres },
      secrets: { directory: devSecretsIn(directory) },
    },
  }
}
