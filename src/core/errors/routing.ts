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
  'DBS-2341': define<{ database: string; category: string; serves: readonly string[] }>({
    exit: ExitCode.Usage,
    summary: 'A request names a database and a category that do not belong together.',
    message: ({ database, category, serves }) =>
      `category ${category} is served by ${serves.join(' and ')}, not by ${database}`,
    hint: () => 'name one of the two, or neither',
  }),
  'DBS-2342': define<{ engine: string; operation: string }>({
    exit: ExitCode.Usage,
    summary: 'A request was routed to a database that its operation cannot ask.',
    message: ({ engine, operation }) => `${operation} does not ask ${engine}`,
    hint: () => 'use /v1/cache, /v1/vector and /v1/graph for the stores without SQL, or name another database',
  }),
  'DBS-2343': define<{ engine: string; retryAfterMs: number }>({
    exit: ExitCode.Engine,
    summary: 'A circuit is open: the engine failed time and again, and is left alone for a moment.',
    message: ({ engine, retryAfterMs }) => `the circuit to ${engine} is open for ${retryAfterMs} ms`,
  }),
}
