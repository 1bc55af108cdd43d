import { Counter, Gauge, type Registry } from 'prom-client'
import type { RouterFigures } from './figures.ts'

type Series = readonly [labels: Readonly<Record<string, string>>, value: number]

/** What the parts of the router count of themselves, read when somebody reads the metrics. */
export function addRouterMetrics(registry: Registry, figures: () => RouterFigures): void {
  const add = (kind: 'counter' | 'gauge', name: string, help: string, read: (now: RouterFigures) => Series[]): void => {
    const labelNames = ['layer', 'result', 'state', 'engine']
    const Metric = kind === 'counter' ? Counter : Gauge
    const metric = new Metric({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        metric.reset()
        for (const [labels, value] of read(figures())) metric.inc(labels, value)
      },
    })
  }

  add('counter', 'dbsvc_cache_lookups_total', 'Looks for a cached response, by layer.', ({ cache, sharedCache }) => [
    [{ layer: 'memory', result: 'hit' }, cache.memoryHits],
    [{ layer: 'memory', result: 'miss' }, cache.sharedHits + cache.misses + cache.joined],
    ...(sharedCache === null
      ? []
      : ([
          [{ layer: 'shared', result: 'hit' }, cache.sharedHits],
          [{ layer: 'shared', result: 'miss' }, cache.sharedMisses],
          [{ layer: 'shared', result: 'unanswered' }, cache.sharedUnanswered],
        ] satisfies Series[])),
  ])
  add('counter', 'dbsvc_cache_joined_total', "Requests that waited for another's answer.", ({ cache }) => [
    [{}, cache.joined],
  ])
  add('counter', 'dbsvc_cache_remembered_total', 'Cached responses given because no engine answered.', ({ cache }) => [
    [{}, cache.remembered],
  ])
  add('counter', 'dbsvc_cache_invalidations_total', 'Writes that outdated cached responses.', ({ cache }) => [
    [{}, cache.writes],
  ])
  add('gauge', 'dbsvc_cache_entries', 'Responses kept in this process.', ({ cache }) => [[{}, cache.entries]])
  add('gauge', 'dbsvc_cache_bytes', 'What they take.', ({ cache }) => [[{}, cache.bytes]])
  add('gauge', 'dbsvc_cache_shared', 'Whether the layer that routers share can be used.', ({ sharedCache }) =>
    sharedCache === null
      ? []
      : [
          [{ state: 'connected' }, Number(sharedCache.connected)],
          [{ state: 'listening' }, Number(sharedCache.listening)],
        ],
  )
  add('gauge', 'dbsvc_circuit', 'The state of the circuit breaker of each engine.', ({ circuits }) =>
    [...circuits].flatMap(([engine, current]) =>
      (['closed', 'open', 'half-open'] as const).map((state): Series => [{ engine, state }, Number(state === current)]),
    ),
  )
  add('gauge', 'dbsvc_store_companies', 'Companies connected to a store.', ({ companiesInStores }) =>
    [...companiesInStores].map(([engine, companies]): Series => [{ engine }, companies]),
  )
  add('counter', 'dbsvc_guard_verdicts_total', 'Statements by whether their verdict was at hand.', ({ guard }) => [
    [{ result: 'hit' }, guard.hits],
    [{ result: 'miss' }, guard.misses],
  ])
  add('gauge', 'dbsvc_guard_entries', 'Verdicts that are kept.', ({ guard }) => [[{}, guard.entries]])
  add('gauge', 'dbsvc_guard_bytes', 'What they take.', ({ guard }) => [[{}, guard.bytes]])
}
