import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import { lockFolder } from '../folder-lock.ts'
import { keptSecret } from '../kept-secret.ts'
import { stopLeftover } from '../program/leftover.ts'
import type { ServerExit } from '../server-exit.ts'
import { type EmbeddedWeaviateOptions, launch } from './launch.ts'

export type { EmbeddedWeaviateOptions } from './launch.ts'

/** A running server on 127.0.0.1. It ends with this process, however that ends. */
export interface EmbeddedWeaviate {
  readonly url: string
  readonly grpcUrl: string
  /** The one key that it takes; nobody gets in without. */
  readonly apiKey: string
  readonly pid: number
  readonly logFile: string
  /** Resolves when the server has ended and the folder is free, for whatever reason; never rejects. */
  readonly exited: Promise<ServerExit>
  /** Resolves when the server has ended; after 10 s by force. */
  stop(): Promise<void>
}

/**
 * Starts Weaviate on data in `directory`, made on the first start. Throws DBS-1101 with the end of its log when it is not ready within
 * 60 s, DBS-1703 when it already runs there, DBS-1904 when aborted.
 *
 * @example
 * const weaviate = await startEmbeddedWeaviate({ program: 'weaviate-server', directory: '.dbsvc' })
 * // connect to weaviate.url and weaviate.grpcUrl with weaviate.apiKey, …
 * await weaviate.stop()
 */
export async function startEmbeddedWeaviate(options: EmbeddedWeaviateOptions): Promise<EmbeddedWeaviate> {
  await mkdir(join(options.directory, 'weaviate'), { recursive: true, mode: 0o700 })
  // The server runs in another folder than this process.
  const home = await realpath(join(options.directory, 'weaviate'))
  const lock = await lockFolder(home)
  try {
    await stopLeftover(home)
    const apiKey = await keptSecret(join(home, 'api-key'))
    const { server, ports } = await launch(options, home, apiKey)
    const exited = server.exited.then(async (exit) => {
      await lock.release()
      return exit
    })
    return {
      url: `http://127.0.0.1:${ports.http}`,
      grpcUrl: `http://127.0.0.1:${ports.grpc}`,
      apiKey,
      pid: server.pid,
      logFile: server.logFile,
      exited,
      async stop() {
        await server.stop()
        await exited
      },
    }
  } catch (error) {
    await lock.release()
    if (options.signal?.aborted === true) throw DbsvcError.of('DBS-1904', {}, error)
    if (error instanceof DbsvcError) throw error
    throw DbsvcError.of('DBS-1101', { engine: 'the embedded Weaviate', place: home, reason: reasonOf(error) }, error)
  }
}
