import { type EngineName, engineNames, specifiedNames } from '../../core/engine.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { type OverallStatus, overallStatus } from '../../core/health/status.ts'
import type { EngineVitals } from '../../engines/vitals.ts'
import type { MultiDatabase } from '../observe/observer.ts'
import type { Minute } from '../observe/window.ts'
import type { Isolation } from './isolation.ts'
import type { Resources } from './resources.ts'
import { NoAnswer, type Outcome } from './watch.ts'

/** What is known at the moment somebody asks. Times are milliseconds. */
export interface Findings {
  readonly version: string
  readonly uptimeMs: number
  readonly minute: Minute
  readonly resources: Outcome<Resources>
  /** Those that are configured. */
  readonly engines: ReadonlyMap<EngineName, { readonly ping: Outcome<unknown>; readonly vitals: Outcome<EngineVitals> }>
  readonly isolation: Isolation
  /** Whether anybody looks at that. */
  readonly isolationWanted: boolean
  readonly multi: MultiDatabase
  /** Average of the graph operations of the last minute; null without one. */
  readonly graphMs: number | null
}

export interface HealthReport {
  readonly status: OverallStatus
  readonly body: object
}

const details = {
  postgres: ['active_connections', 'tenant_schemas'],
  clickhouse: ['active_queries', 'disk_usage_gb'],
  dragonfly: ['memory_usage_mb', 'cache_hit_rate_percent'],
  weaviate: ['objects_count', 'vector_dimensions'],
  arango: ['collections_count', 'graph_performance_ms'],
} as const satisfies Record<EngineName, readonly string[]>

/** The specification's document. Whatever is null has its reason in `not_measured`, by its path. */
export function healthReport(findings: Findings, now: number): HealthReport {
  const { minute, engines, isolation, multi } = findings
  const notMeasured: Record<string, string> = {}
  const measured = <Value>(path: string, value: Value | null | undefined, reason: string): Value | null => {
    if (value !== null && value !== undefined) return typeof value === 'number' ? (rounded(value) as Value) : value
    notMeasured[path] = reason
    return null
  }
  const none = 'no request in the last minute'
  const perRequest = (sum: number): number | null => (minute.requests === 0 ? null : sum / minute.requests)
  const errorRatePercent = perRequest(100 * minute.failures)
  const resources = findings.resources.state === 'ok' ? findings.resources.value : null
  const vitalsOf = (name: EngineName) => readable(engines.get(name))

  const detailOf = (name: EngineName): object => {
    const { vitals, reason } = vitalsOf(name)
    const own = name === 'arango' ? { ...vitals, graph_performance_ms: findings.graphMs } : vitals
    return Object.fromEntries(
      details[name].map((field) => {
        const why =
          field === 'graph_performance_ms' && vitals !== null ? 'no graph operation in the last minute' : reason
        const value = vitals === null ? null : own?.[field as keyof typeof own]
        return [field, measured(`database_details.${specifiedNames[name]}.${field}`, value, why)]
      }),
    )
  }
  const byName = (tell: (name: EngineName) => unknown): object =>
    Object.fromEntries(engineNames.map((name) => [specifiedNames[name], tell(name)]))

  const answersOf = (name: EngineName): boolean | null => answers(engines.get(name)?.ping)
  const status = overallStatus({
    ledgerAnswers: answersOf('postgres'),
    storesAnswer: [...engines.keys()].filter((name) => name !== 'postgres').map(answersOf),
    isolation: findings.isolationWanted ? isolation.status : null,
    errorRatePercent,
  })
  const body = {
    service_name: 'database-service',
    status,
    timestamp: new Date(now).toISOString(),
    version: findings.version,
    uptime_seconds: rounded(findings.uptimeMs / 1_000),
    performance_metrics: {
      response_time_ms: measured('performance_metrics.response_time_ms', perRequest(minute.totalMs), none),
      throughput_rps: rounded(minute.requests / minute.seconds),
      error_rate_percent: measured('performance_metrics.error_rate_percent', errorRatePercent, none),
    },
    system_resources: {
      cpu_usage_percent: measured('system_resources.cpu_usage_percent', resources?.cpuPercent, 'not looked at yet'),
      memory_usage_mb: measured('system_resources.memory_usage_mb', resources?.memoryMb, 'not looked at yet'),
      disk_usage_percent: measured(
        'system_resources.disk_usage_percent',
        resources?.diskPercent,
        'the file system does not tell',
      ),
    },
    dependencies: byName((name) => {
      const found = engines.get(name)
      return measured(`dependencies.${specifiedNames[name]}`, found && dependency(found.ping), 'not configured')
    }),
    tenant_context: {
      active_tenants: measured(
        'tenant_context.active_tenants',
        vitalsOf('postgres').vitals?.active_tenants,
        vitalsOf('postgres').reason,
      ),
      tenant_isolation_status: isolation.status,
      tenant_isolation_checked_at: measured(
        'tenant_context.tenant_isolation_checked_at',
        isolation.at === null ? null : new Date(isolation.at).toISOString(),
        isolation.reason ?? 'not looked at yet',
      ),
      ...(isolation.reason === null ? {} : { tenant_isolation_reason: isolation.reason }),
    },
    database_details: byName(detailOf),
    multi_db_performance: {
      cross_database_queries: {
        total: multi.done,
        failed: multi.failed,
        average_ms: measured(
          'multi_db_performance.cross_database_queries.average_ms',
          multi.averageMs,
          'none since the start',
        ),
      },
      transaction_consistency: measured(
        'multi_db_performance.transaction_consistency',
        multi.done === 0 ? null : multi.partial === 0 ? 'consistent' : 'inconsistent',
        'no operation over several databases since the start',
      ),
    },
    not_measured: notMeasured,
  }
  return { status, body }
}

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000

/** Null before the first look. */
export const answers = (ping: Outcome<unknown> | undefined): boolean | null =>
  ping === undefined || ping.state === 'unknown' ? null : ping.state === 'ok'

function dependency(ping: Outcome<unknown>): object {
  if (ping.state === 'unknown')
    return { status: 'unknown', response_time_ms: null, checked_at: null, reason: 'not asked yet' }
  const common = { response_time_ms: rounded(ping.durationMs), checked_at: new Date(ping.at).toISOString() }
  if (ping.state === 'ok') return { status: 'healthy', ...common }
  return { status: 'unhealthy', ...common, reason: publicReason(ping.error) }
}

function readable(found: { readonly ping: Outcome<unknown>; readonly vitals: Outcome<EngineVitals> } | undefined): {
  readonly vitals: EngineVitals | null
  readonly reason: string
} {
  if (found === undefined) return { vitals: null, reason: 'not configured' }
  if (found.ping.state === 'failed') return { vitals: null, reason: `not answering: ${publicReason(found.ping.error)}` }
  if (found.vitals.state === 'unknown') return { vitals: null, reason: 'not asked yet' }
  if (found.vitals.state === 'failed') return { vitals: null, reason: publicReason(found.vitals.error) }
  return { vitals: found.vitals.value, reason: 'this server does not tell, or has nothing to tell of yet' }
}

/** Whoever reaches the port may ask, so neither hosts nor users nor an engine's own words. */
function publicReason(error: unknown): string {
  if (error instanceof NoAnswer) return error.message
  return error instanceof DbsvcError ? error.code : 'it refused'
}
