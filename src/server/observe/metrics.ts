import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { RouterFigures } from './figures.ts'
import type { ObservedRequest, Page } from './observer.ts'
import { addRouterMetrics } from './router-metrics.ts'

/** What is asked for when somebody reads the metrics. */
export interface Sources {
  /** Connections to PostgreSQL. */
  readonly pool: () => { readonly open: number; readonly idle: number; readonly waiting: number }
  /** Whether each configured engine answers, by its name; null before it was asked. */
  readonly engines: () => ReadonlyMap<string, boolean | null>
  /** Null where it is not known. */
  readonly isolated: () => boolean | null
  readonly router: () => RouterFigures
}

export interface Metrics {
  count(request: ObservedRequest): void
  countPage(page: Page): void
  /** In Prometheus' text format. */
  read(): Promise<string>
  readonly contentType: string
}

const seconds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 5, 30]

/**
 * Every label has few values: operations, categories, outcomes, sources, engines and this catalogue's error codes. No label names a
 * company, a user or a service, of which there are any number.
 */
export function createMetrics(sources: Sources): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const requests = new Histogram({
    name: 'dbsvc_request_duration_seconds',
    help: 'From the arrival of a request to its response.',
    labelNames: ['operation', 'category', 'outcome'],
    buckets: seconds,
    registers,
  })
  const own = new Histogram({
    name: 'dbsvc_router_duration_seconds',
    help: 'What of that the service itself took, without engines.',
    labelNames: ['operation'],
    buckets: seconds,
    registers,
  })
  const responses = new Counter({
    name: 'dbsvc_responses_total',
    help: 'Responses by where they came from.',
    labelNames: ['source'],
    registers,
  })
  const errors = new Counter({
    name: 'dbsvc_errors_total',
    help: 'Requests that ended in an error, by its code; SQL for those of a statement.',
    labelNames: ['code'],
    registers,
  })
  const streamedRows = new Counter({
    name: 'dbsvc_streamed_rows_total',
    help: 'Rows of streamed responses, as they are taken.',
    registers,
  })
  const streamedBytes = new Counter({
    name: 'dbsvc_streamed_bytes_total',
    help: 'What their values take, as the engine wrote them.',
    registers,
  })
  gauge('dbsvc_pool_connections', 'Connections to PostgreSQL.', 'state', () => Object.entries(sources.pool()))
  gauge('dbsvc_engine_up', 'Whether an engine answered the last look.', 'engine', () =>
    [...sources.engines()].flatMap(([name, up]) => (up === null ? [] : [[name, up ? 1 : 0]])),
  )
  gauge('dbsvc_isolated', 'Whether companies are isolated, as last probed.', 'by', () => {
    const isolated = sources.isolated()
    return isolated === null ? [] : [['probe', isolated ? 1 : 0]]
  })

  addRouterMetrics(registry, sources.router)

  function gauge(name: string, help: string, label: string, read: () => readonly (readonly [string, number])[]): void {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers,
      collect() {
        this.reset()
        for (const [value, number] of read()) this.set({ [label]: value }, number)
      },
    })
  }

  return {
    count({ operation, outcome, code, durationMs, engineMs, told }) {
      requests.observe({ operation, category: told.category ?? '', outcome }, durationMs / 1_000)
      own.observe({ operation }, Math.max(0, durationMs - engineMs) / 1_000)
      if (told.source !== undefined) responses.inc({ source: told.source })
      if (outcome !== 'ok') errors.inc({ code: labelOf(code) })
    },
    countPage({ rows, bytes }) {
      streamedRows.inc(rows)
      streamedBytes.inc(bytes)
    },
    read: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

/** A statement may raise whatever SQLSTATE it likes. */
const labelOf = (code: string | null): string => (code === null ? 'unknown' : code.startsWith('DBS-') ? code : 'SQL')
