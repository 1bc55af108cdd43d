import type { Report } from '../benchmark.ts'
import { median, medianRatio, round } from '../median.ts'
import { table } from '../table.ts'
import type { Contender } from './contender.ts'
import { type FewCompanies, reportFewCompanies } from './few-companies.ts'
import type { Measured } from './load.ts'
import type { OwnTime, Times } from './own-time.ts'
import { find, perSecond, type Series } from './series.ts'
import { type WorkloadName, workloads } from './workloads.ts'

interface Findings {
  readonly series: readonly Series[]
  /** Point reads of dbsvc that were cached, and in the same rounds those that were not. */
  readonly cached: readonly Measured[]
  readonly uncached: readonly Measured[]
  readonly ownTime: OwnTime
  /** Null without PgBouncer. */
  readonly few: FewCompanies | null
  readonly checksum: string
  readonly inserted: number
  readonly skipped: Readonly<Record<string, string>>
  readonly configuration: object
}

const peers = ['handwritten', 'direct', 'pgbouncer'] as const
/** Of the goals' run. */
const goalClients = 16

export function report({
  series,
  cached,
  uncached,
  ownTime,
  few,
  checksum,
  inserted,
  skipped,
  configuration,
}: Findings): Report {
  const clientCounts = [...new Set(series.map(({ clients }) => clients))]
  const ratio = (workload: WorkloadName, peer: Contender['name'], clients: number): number | null => {
    const mine = find(series, 'dbsvc', workload, clients)
    const other = find(series, peer, workload, clients)
    if (mine === undefined || other === undefined) return null
    return round(medianRatio(perSecond(mine), perSecond(other)))
  }
  const names = Object.keys(workloads) as WorkloadName[]
  const ratios = Object.fromEntries(
    clientCounts.flatMap((clients) =>
      names.flatMap((workload) =>
        peers.map((peer) => [
          `${workload}_vs_${peer}${clients === goalClients ? '' : `_${clients}`}`,
          ratio(workload, peer, clients),
        ]),
      ),
    ),
  )
  const cachedRatio = round(medianRatio(speeds(cached), speeds(uncached)))
  const figures = series.map(figuresOf)
  const fewReport = few === null ? null : reportFewCompanies(few, goalClients)
  return {
    document: {
      ratios: { ...ratios, cached_vs_uncached: cachedRatio },
      own_time_ms: {
        per_second: round(ownTime.perSecond, 0),
        router: timesOf(ownTime.router),
        bare_fastify: timesOf(ownTime.control),
      },
      cached: { per_second: round(median(speeds(cached)), 0), p99_ms: round(median(cached.map(({ p99Ms }) => p99Ms))) },
      few_companies: few === null ? null : { ...fewReport?.document, figures: few.series.map(figuresOf) },
      figures,
      checksum,
      inserted,
      skipped,
      configuration,
    },
    lines: [
      ...table(
        ['contender', 'workload', 'clients', 'requests/s', 'p50 ms', 'p99 ms', 'processor ms'],
        figures.map(({ contender, workload, clients, per_second, p50_ms, p99_ms, processor_ms }) => [
          contender,
          workload,
          clients,
          per_second,
          p50_ms,
          p99_ms,
          processor_ms,
        ]),
      ),
      '',
      ...table(
        ['requests/s of dbsvc divided by', 'ratio'],
        Object.entries(ratios).map(([name, value]) => [name, value ?? 'not measured'] as const),
      ),
      '',
      `cached point reads: ${cachedRatio} times as many as uncached ones`,
      `own time at ${round(ownTime.perSecond, 0)} requests/s: ${JSON.stringify(timesOf(ownTime.router))}, a bare fastify server: ${JSON.stringify(timesOf(ownTime.control))}`,
      '',
      ...(fewReport === null ? [] : [...fewReport.lines, '']),
      ...Object.entries(skipped).map(([name, reason]) => `${name} is skipped, ${reason}`),
      `rows read alike, checksum ${checksum}; ${inserted} rows inserted, each counted`,
      JSON.stringify(configuration),
    ],
  }
}

const speeds = (rounds: readonly Measured[]): number[] => rounds.map(({ perSecond }) => perSecond)

const timesOf = ({ p50Ms, p99Ms }: Times) => ({ p50: round(p50Ms, 3), p99: round(p99Ms, 3) })

const figuresOf = ({ contender, workload, clients, rounds }: Series) => ({
  contender,
  workload,
  clients,
  per_second: round(median(rounds.map((measured) => measured.perSecond)), 0),
  p50_ms: round(median(rounds.map(({ p50Ms }) => p50Ms))),
  p99_ms: round(median(rounds.map(({ p99Ms }) => p99Ms))),
  processor_ms: round(median(rounds.map(({ processorMs }) => processorMs)), 3),
})
