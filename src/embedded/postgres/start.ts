import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import { lockFolder } from '../folder-lock.ts'
import { host } from '../free-ports.ts'
import type { ServerExit } from '../server-exit.ts'
import { type EmbeddedPostgresOptions, launch } from './launch.ts'
import type { StopMode } from './server.ts'

export type { EmbeddedPostgresOptions } from './launch.ts'

/** A running server. Its folder stays locked until it has ended. */
export interface EmbeddedPostgres {
  readonly host: string
  readonly port: number
  /** A superuser. */
  readonly user: 'postgres'
  readonly password: string
  readonly database: 'postgres'
  readonly pid: number
  readonly dataDirectory: string
  readonly logFile: string
  /** Resolves when the server has ended and the folder is free, for whatever reason; never rejects. */
  readonly exited: Promise<ServerExit>
  /** Ends sessions, writes a checkpoint, and resolves when the server has ended; after 10 s, or with `immediate`, without checkpoint. */
  stop(mode?: StopMode): Promise<void>
}

/**
 * Starts PostgreSQL 18 from npm's binaries on data in `directory`, made on the first start, reachable on 127.0.0.1 with a password only.
 * Throws DBS-1701 when it does not accept connections within 30 s, DBS-1702 when it is not installed, DBS-1703 when it already
 * runs there, DBS-1904 when aborted.
 *
 * @example
 * const postgres = await startEmbeddedPostgres({ directory: '.dbsvc', port: 0 })
 * // connect to postgres.host, postgres.port, …
 * await postgres.stop()
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const lock = await lockFolder(options.directory)
  try {
    const started = await launch(options)
    const exited = started.server.exited.then(async (exit) => {
      await lock.release()
      return exit
    })
    return {
      host,
      port: started.port,
      user: 'postgres',
      password: started.password,
      database: 'postgres',
      pid: started.server.pid,
      dataDirectory: started.data,
      logFile: started.logFile,
      exited,
      async stop(mode) {
        await started.server.stop(mode)
        await exited
      },
    }
  } catch (error) {
    await lock.release()
    if (options.signal?.aborted === true) throw DbsvcError.of('DBS-1904', {}, error)
    throw error instanceof DbsvcError ? error : DbsvcError.of('DBS-1701', { reason: reasonOf(error) }, error)
  }
}
