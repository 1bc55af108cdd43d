import type { DevStores } from '../../config/dev-endpoint.ts'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import { startEmbeddedClickhouse } from '../../embedded/clickhouse/start.ts'
import { dragonflyPrograms, startEmbeddedDragonfly } from '../../embedded/dragonfly/start.ts'
import { findProgram } from '../../embedded/find-program.ts'
import type { ServerExit } from '../../embedded/server-exit.ts'
import { startEmbeddedWeaviate } from '../../embedded/weaviate/start.ts'

/** An engine beside PostgreSQL that `dbsvc dev` runs. */
export interface DevStore {
  /** Its section of the configuration. */
  readonly name: keyof DevStores
  /** For people, such as `valkey-server at redis://127.0.0.1:6379`. */
  readonly description: string
  /** What it sets in its section. */
  readonly settings: Readonly<Record<string, string>>
  readonly logFile: string
  readonly exited: Promise<ServerExit>
  stop(): Promise<void>
}

export interface StoresOptions {
  readonly directory: string
  /** Where programs are looked for before the PATH. */
  readonly engines: string
  readonly path: string | undefined
  readonly signal: AbortSignal
  /** Told of each engine that was found and did not come up. */
  readonly onWarning: (text: string) => void
}

type Starter = (options: StoresOptions) => Promise<DevStore | null>

const starters: readonly Starter[] = [startClickhouse, startDragonfly, startWeaviate]

/** Starts every further engine that is on this machine, all at once; one that does not come up leaves the others alone. */
export async function startStores(options: StoresOptions): Promise<DevStore[]> {
  const started = await Promise.all(
    starters.map((start) =>
      start(options).catch((error: unknown) => {
        options.onWarning(`left out: ${reasonOf(error)}`)
        return null
      }),
    ),
  )
  return started.filter((store) => store !== null)
}

/** chDB, where npm has installed it. */
async function startClickhouse({ directory, signal }: StoresOptions): Promise<DevStore | null> {
  try {
    const server = await startEmbeddedClickhouse({ directory, port: 0, signal })
    const { url, user, password, logFile, exited } = server
    const description = `chDB at ${url}`
    return {
      name: 'clickhouse',
      description,
      settings: { url, user, password },
      logFile,
      exited,
      stop: () => server.stop(),
    }
  } catch (error) {
    if (error instanceof DbsvcError && error.code === 'DBS-1106') return null
    throw error
  }
}

async function startDragonfly({ directory, engines, path, signal }: StoresOptions): Promise<DevStore | null> {
  const program = await findProgram(dragonflyPrograms, engines, path)
  if (program === null) return null
  const { url, user, password, logFile, exited, stop } = await startEmbeddedDragonfly({ program, directory, signal })
  return {
    name: 'dragonfly',
    description: `${program} at ${url}`,
    settings: { url, user, password },
    logFile,
    exited,
    stop,
  }
}

async function startWeaviate({ directory, engines, path, signal }: StoresOptions): Promise<DevStore | null> {
  const program = await findProgram(['weaviate-server'], engines, path)
  if (program === null) return null
  const server = await startEmbeddedWeaviate({ program, directory, signal })
  const { url, grpcUrl, apiKey, logFile, exited } = server
  const description = `${program} at ${url}`
  return {
    name: 'weaviate',
    description,
    settings: { url, grpcUrl, apiKey },
    logFile,
    exited,
    stop: () => server.stop(),
  }
}
