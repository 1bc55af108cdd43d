import { ExitCode } from '../exit-codes.ts'
import { define } from './define.ts'

/** The front doors of `dbsvc serve`. */
export const serverErrors = {
  'DBS-2001': define<{ reason: string }>({
    exit: ExitCode.Usage,
    summary: 'A request is malformed.',
    message: ({ reason }) => `the request is malformed: ${reason}`,
  }),
  'DBS-2002': define<{ host: string; port: number; reason: string }>({
    exit: ExitCode.Configuration,
    summary: 'The server cannot listen.',
    message: ({ host, port, reason }) => `cannot listen on ${host}:${port}: ${reason}`,
    hint: () => 'is another dbsvc serve running? set server.port, or server.port 0 for a free one',
  }),
  'DBS-2003': define<{ reason: string }>({
    exit: ExitCode.Interrupted,
    summary: 'The server is stopping and takes no new requests.',
    message: ({ reason }) => `the server is stopping: ${reason}`,
    hint: () => 'send the request to another router, or again in a moment',
  }),
}
