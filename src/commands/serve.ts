import { serve } from '../server/serve.ts'
import { defineCommand, examples } from './command.ts'
import { port } from './parse.ts'

interface Options {
  readonly host?: string
  readonly port?: number
}

export const command = defineCommand<[], Options>(
  (command) => {
    command
      .option('--host <address>', 'address to listen on (default: server.host)')
      .option('-p, --port <port>', 'port to listen on, 0 for a free one (default: server.port)', port)
    examples(command, ['dbsvc serve', 'dbsvc serve --host 0.0.0.0 --port 8080'])
  },
  async (context, _args, options) => {
    const loaded = await context.loadConfig()
    const { server } = loaded.config
    await serve(loaded, {
      host: options.host ?? server.host,
      port: options.port ?? server.port,
      signal: context.signal,
      onReady: ({ scheme, host, port: taken }) =>
        context.output.result('serve/1', { scheme, host, port: taken, pid: process.pid }, () => [
          `serving on ${scheme}://${host}:${taken}; Ctrl-C stops it`,
        ]),
    })
    return undefined
  },
)
