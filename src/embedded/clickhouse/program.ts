import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createHttpInterface } from './server.ts'

/** What the parent tells the program. */
export interface ProgramOptions {
  readonly directory: string
  readonly port: number
  readonly user: string
  readonly password: string
}

/** What the program tells the parent once; `failure` is null when it is ready. */
export interface ProgramAnswer {
  readonly failure: string | null
}

/** Set for the program alone: this file is a part of dbsvc, too, and of the bundle that it is shipped in. */
export const programVariable = 'DBSVC_EMBEDDED_CLICKHOUSE'

/** The file that Node runs as the program. */
export const programFile = fileURLToPath(import.meta.url)

if (process.env[programVariable] === '1' && process.send !== undefined) {
  // The channel closes when the parent ends, however it ends.
  process.once('disconnect', () => process.exit(0))
  process.once('message', (options) => {
    serve(options as ProgramOptions).catch((error: unknown) => {
      // What chDB has to say is in the log already.
      process.send?.({ failure: error instanceof Error ? error.message : String(error) }, () => process.exit(1))
    })
  })
  // Ctrl-C reaches the whole group; the parent decides when this ends.
  process.on('SIGINT', () => {})
}

async function serve({ directory, port, user, password }: ProgramOptions): Promise<void> {
  const { createChdbConnection } = await import('chdb/connection')
  // Keeps the engine running between requests; each of those has a connection of its own.
  const keeper = createChdbConnection({ path: directory })
  const server = createHttpInterface(() => createChdbConnection({ path: directory }), { user, password })
  process.once('SIGTERM', () => {
    server.closeAllConnections()
    server.close(() => void keeper.close().then(() => process.exit(0)))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  process.send?.({ failure: null })
}
