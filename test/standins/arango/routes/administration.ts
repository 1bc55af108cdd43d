import type { Arango } from '../arango.ts'
import { ok, type Route, route } from '../router.ts'

/** The release whose OpenAPI description and error table the stand-in follows. */
const version = '3.12.5'

/** Those of ArangoDB's own defaults that somebody asks for. */
const startupOptions = {
  'query.memory-limit': 0,
  'query.max-runtime': 0,
  'foxx.api': true,
  'server.authentication': true,
  'server.statistics': true,
}

export const administration: readonly Route[] = [
  route('GET', '/_api/version', 'known', ({ flag }) => ({
    status: 200,
    body: {
      server: 'arango',
      license: 'stand-in',
      version,
      ...(flag('details', false) ? { details: { mode: 'server', role: 'SINGLE', 'stand-in': 'true' } } : {}),
    },
  })),
  route('GET', '/_api/engine', 'known', () => ({
    status: 200,
    body: { name: 'rocksdb', supports: { indexes: ['primary', 'edge', 'persistent', 'ttl', 'geo', 'inverted'] } },
  })),
  route('GET', '/_admin/server/availability', 'open', () => ok({ mode: 'default' })),
  route('GET', '/_admin/status', 'known', () => ({
    status: 200,
    body: { server: 'arango', license: 'stand-in', version, mode: 'server', operationMode: 'server', foxxApi: false },
  })),
  route('GET', '/_admin/server/role', 'known', () => ok({ role: 'SINGLE' })),
  route('GET', '/_admin/options', 'administrate', ({ server }) => ({
    status: 200,
    body: { ...startupOptions, ...server.options.startupOptions },
  })),
  route('GET', '/_admin/time', 'known', () => ok({ time: Date.now() / 1000 })),
  route('GET', '/_admin/metrics', 'known', ({ server }) => ({ status: 200, body: metrics(server) })),
  route('GET', '/_admin/metrics/v2', 'known', ({ server }) => ({ status: 200, body: metrics(server) })),
]

function metrics(server: Arango): string {
  const databases = [...server.databases.values()]
  const sum = (of: (database: (typeof databases)[number]) => number): number =>
    databases.reduce((total, database) => total + of(database), 0)
  const gauges: readonly (readonly [name: string, help: string, value: number])[] = [
    [
      'arangodb_server_statistics_server_uptime_total',
      'Seconds since the start',
      (Date.now() - server.startedMs) / 1000,
    ],
    ['arangodb_process_statistics_resident_set_size', 'Bytes', process.memoryUsage.rss()],
    ['arangodb_aql_cursors_active', 'Cursors that have rows left', sum(({ cursors }) => cursors.size)],
    ['arangodb_transactions_started_total', 'Stream transactions', sum(({ transactions }) => transactions.size)],
  ]
  return gauges
    .map(([name, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name}{role="SINGLE"} ${value}\n`)
    .join('')
}
