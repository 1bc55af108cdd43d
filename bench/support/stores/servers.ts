import { fileURLToPath } from 'node:url'
import { startEmbeddedClickhouse } from '../../../src/embedded/clickhouse/start.ts'
import { dragonflyPrograms, startEmbeddedDragonfly } from '../../../src/embedded/dragonfly/start.ts'
import { findProgram } from '../../../src/embedded/find-program.ts'
import { startEmbeddedWeaviate } from '../../../src/embedded/weaviate/start.ts'
import { clickhouse } from '../../../src/engines/clickhouse/engine.ts'
import { dragonfly } from '../../../src/engines/dragonfly/engine.ts'
import type { StoreEngine } from '../../../src/engines/store.ts'
import { weaviate } from '../../../src/engines/weaviate/engine.ts'

/** An engine that runs for the benchmark, as `dbsvc dev` would run it. */
export interface BenchStore {
  readonly engine: StoreEngine
  /** Its section of the configuration. */
  readonly settings: Readonly<Record<string, string>>
  readonly description: string
  stop(): Promise<void>
}

const installed = fileURLToPath(new URL('../../../.engines', import.meta.url))

/** Starts every engine that is here; the others are named as skipped. */
export async function startStores(directory: string, note: (text: string) => void): Promise<BenchStore[]> {
  const signal = new AbortController().signal
  const stores: BenchStore[] = []
  const server = await startEmbeddedClickhouse({ directory, port: 0 })
  const { url, user, password } = server
  const settings = { url, user, password }
  stores.push({ engine: clickhouse, settings, description: 'chDB, served by dbsvc', stop: () => server.stop() })

  const program = await findProgram(dragonflyPrograms, installed, process.env.PATH)
  if (program === null) note('dragonfly is skipped: scripts/engines valkey')
  else {
    const running = await startEmbeddedDragonfly({ program, directory, signal })
    const own = { url: running.url, user: running.user, password: running.password }
    stores.push({
      engine: dragonfly,
      settings: own,
      description: program.split('/').at(-1) ?? '',
      stop: () => running.stop(),
    })
  }

  const weaviateProgram = await findProgram(['weaviate-server'], installed, process.env.PATH)
  if (weaviateProgram === null) note('weaviate is skipped: scripts/engines weaviate')
  else {
    const running = await startEmbeddedWeaviate({ program: weaviateProgram, directory, signal })
    const own = { url: running.url, grpcUrl: running.grpcUrl, apiKey: running.apiKey }
    stores.push({ engine: weaviate, settings: own, description: 'weaviate-server', stop: () => running.stop() })
  }
  return stores
}
