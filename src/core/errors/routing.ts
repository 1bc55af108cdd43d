import { ExitCode } from '../exit-codes.ts'
import { define } from './define.ts'
import { listed } from './listed.ts'

/** Connections, fallback and caching of `dbsvc serve`. */
export const routingErrors = {
  'DBS-2301': define<{ reason: string }>({
    exit: ExitCode.Engine,
    summary: 'No connection could be had by this way; nothing was sent.',
    message: ({ reason }) => `no connection: ${reason}`,
  }),
  'DBS-2302': define<{ company: string; retryAfterSeconds: number }>({
    exit: ExitCode.Engine,
    summary: "A company's share of the connections is used up, and its queue is full.",
    message: ({ company, retryAfterSeconds }) =>
      `company ${company} has used up its share of connections; try again in ${retryAfterSeconds} s`,
  }),
  'DBS-2340': define<{ engine: string; attempts: readonly { way: string; reason: string }[] }>({
    exit: ExitCode.Engine,
    summary: 'AllDatabasesFailed: direct connection, connection pool and cached response all failed.',
    message: ({ engine, attempts }) =>
      `AllDatabasesFailed: no way to ${engine}:\n${listed(attempts, ({ way }) => way)}`,
    hint: () => 'dbsvc doctor',
  }),
}
