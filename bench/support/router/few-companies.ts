import { median, medianRatio, round } from '../median.ts'
import { table } from '../table.ts'
import { compareRows } from './compare.ts'
import type { Contender } from './contender.ts'
import { startPgbouncer } from './peers/pgbouncer.ts'
import { find, measureSeries, perSecond, type Series, type Turns } from './series.ts'
import { type WorkloadName, workloads } from './workloads.ts'
import type { World } from './world.ts'

// Where a pooler is at its best: few users, and connections enough for each of them to keep some.
const fewCompanies = 40
const manyConnections = 180

const atLeast = 0.33
/** At p50, with one client. */
const overAtMostMs = 1

export interface FewCompanies {
  readonly companies: number
  readonly series: readonly Series[]
  readonly inserts: number
}

/** dbsvc beside PgBouncer at its best, under load and with one client alone. Null where there is no PgBouncer. */
export async function measureFewCompanies(
  world: World,
  dbsvc: Contender,
  turns: Pick<Turns, 'rounds' | 'seconds' | 'warmUp' | 'server'>,
  clientCounts: readonly number[],
  note: (text: string) => void,
): Promise<FewCompanies | null> {
  const pgbouncer = await startPgbouncer(world, manyConnections)
  if (pgbouncer === null) return null
  const companies = world.companies.slice(0, fewCompanies)
  const contenders = [dbsvc, pgbouncer]
  const series: Series[] = []
  let inserts = 0
  try {
    await compareRows(contenders, world)
    for (const clients of [...clientCounts, 1]) {
      for (const workload of Object.values(workloads)) {
        note(`${companies.length} companies, ${manyConnections} connections: ${workload.name}, ${clients} clients`)
        // By the time that one client is left, everything is warm.
        const warmUp = clients === 1 ? turns.seconds : turns.warmUp
        const measured = await measureSeries({ ...turns, warmUp, companies, contenders, workload, clients })
        series.push(...measured.series)
        inserts += measured.inserts
      }
    }
    return { companies: companies.length, series, inserts }
  } finally {
    await pgbouncer.stop()
  }
}

/** For the JSON document and for people. */
export function reportFewCompanies({ companies, series }: FewCompanies, goalClients: number) {
  const names = Object.keys(workloads) as WorkloadName[]
  const loads = [...new Set(series.map(({ clients }) => clients))].filter((clients) => clients > 1)
  const ratios = loads.flatMap((clients) =>
    names.map((workload) => {
      const mine = find(series, 'dbsvc', workload, clients)
      const other = find(series, 'pgbouncer', workload, clients)
      const value = mine && other ? round(medianRatio(perSecond(mine), perSecond(other))) : Number.NaN
      return { name: `${workload}_vs_pgbouncer${clients === goalClients ? '' : `_${clients}`}`, value }
    }),
  )
  const p50 = (contender: Contender['name'], workload: WorkloadName): number =>
    median(find(series, contender, workload, 1)?.rounds.map(({ p50Ms }) => p50Ms) ?? [])
  const alone = names.map((workload) => {
    const [dbsvc, pgbouncer] = [p50('dbsvc', workload), p50('pgbouncer', workload)]
    const over = round(dbsvc - pgbouncer, 3)
    return { workload, dbsvc: round(dbsvc, 3), pgbouncer: round(pgbouncer, 3), over }
  })
  return {
    document: {
      companies,
      connections: manyConnections,
      ratios: Object.fromEntries(ratios.map(({ name, value }) => [name, value])),
      one_client_p50_ms: Object.fromEntries(alone.map(({ workload, ...times }) => [workload, times])),
      goals: {
        ratios: { at_least: atLeast, met: ratios.every(({ value }) => value >= atLeast) },
        over_ms: { at_most: overAtMostMs, met: alone.every(({ over }) => over <= overAtMostMs) },
      },
    },
    lines: [
      ...table(
        [`${companies} companies, ${manyConnections} connections: dbsvc divided by`, 'ratio', 'at least', ''],
        ratios.map(({ name, value }) => [name, value, atLeast, value >= atLeast ? 'met' : 'NOT MET'] as const),
      ),
      '',
      ...table(
        ['one client, p50 ms', 'dbsvc', 'pgbouncer', 'over', 'at most', ''],
        alone.map(
          ({ workload, dbsvc, pgbouncer, over }) =>
            [workload, dbsvc, pgbouncer, over, overAtMostMs, over <= overAtMostMs ? 'met' : 'NOT MET'] as const,
        ),
      ),
    ],
  }
}
