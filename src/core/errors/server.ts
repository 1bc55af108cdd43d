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
    hint: ({ reason }) =>
      /EADDRINUSE/.test(reason)
        ? 'is another dbsvc serve running? --port names another port, 0 a free one; so does server.port'
        : '--host names an address of this machine, and --port a port that this user may take; so do server.host and server.port',
  }),
  'DBS-2003': define<{ reason: string }>({
    exit: ExitCode.Interrupted,
    summary: 'The server is stopping and takes no new requests.',
    message: ({ reason }) => `the server is stopping: ${reason}`,
    hint: () => 'send the request to another router, or again in a moment',
  }),
  'DBS-2004': define<{ sqlState: string; reason: string }>({
    exit: ExitCode.Usage,
    summary: 'The database refused the statement.',
    message: ({ sqlState, reason }) => `the database refused the statement: ${reason} (SQLSTATE ${sqlState})`,
  }),
  'DBS-2005': define<{ requestId: string }>({
    exit: ExitCode.Internal,
    summary: 'The router failed inside.',
    message: ({ requestId }) => `the router failed inside; its log says more of request ${requestId}`,
  }),
  'DBS-2006': define<{ method: string; path: string }>({
    exit: ExitCode.NotFound,
    summary: 'There is no such endpoint.',
    message: ({ method, path }) => `there is no ${method} ${path}`,
  }),
  'DBS-2020': define<object>({
    exit: ExitCode.Engine,
    summary: "The caller's deadline passed before there was an answer.",
    message: () => 'the deadline of the request has passed',
    hint: () => 'a write may have been done or not; ask before it is sent again',
  }),
  'DBS-2021': define<{ path: string; reason: string }>({
    exit: ExitCode.Configuration,
    summary: 'The certificate, key or authorities of the listener cannot be used.',
    message: ({ path, reason }) => `cannot listen with TLS by ${path}: ${reason}`,
    hint: () =>
      'check server.tls: certificate, key and authorities are files in PEM, and the key is the one of the certificate',
  }),
}
