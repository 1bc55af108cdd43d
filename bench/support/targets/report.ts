import type { Report } from '../benchmark.ts'
import { round } from '../median.ts'
import type { OwnTime } from '../router/own-time.ts'
import { table } from '../table.ts'
import type { Measured, Times } from './measure.ts'
import type { Skipped } from './target.ts'

interface Findings {
  readonly routing: OwnTime
  readonly measured: readonly Measured[]
  readonly skipped: readonly Skipped[]
  /** Of the point reads that `routing` is taken from. */
  readonly checksum: string
  readonly configuration: object
}

/** A row as the document has it. */
interface Row {
  readonly name: string
  readonly wanted: string
  readonly at_most_ms: number
  /** By dbsvc's p99. Null where it is no result of the engine that the specification names. */
  readonly met: boolean | null
  readonly engine: string
  readonly stand_in: boolean
  readonly data: string
  readonly dbsvc: ReturnType<typeof shown>
  readonly floor: ReturnType<typeof shown> & { readonly by: string }
  readonly ratio: number
  readonly refused: number
  readonly checksum: string
}

const routingAtMostMs = 2

export function report({ routing, measured, skipped, checksum, configuration }: Findings): Report {
  const rows = [routingRow(routing, checksum), ...measured.map(rowOf)]
  return {
    document: {
      targets: Object.fromEntries(rows.map(({ name, ...row }) => [name, row])),
      skipped: Object.fromEntries(skipped.map(({ name, remedy }) => [name, remedy])),
      configuration,
    },
    lines: [
      ...table(
        ['target', 'at most ms', 'dbsvc p50', 'p99', 'floor p50', 'p99', 'ratio', 'requests', ''],
        [
          ...rows.map((row) => [
            row.name,
            row.at_most_ms,
            row.dbsvc.p50_ms,
            row.dbsvc.p99_ms,
            row.floor.p50_ms,
            row.floor.p99_ms,
            row.ratio,
            row.dbsvc.requests,
            verdict(row),
          ]),
          ...skipped.map(({ name, atMostMs, remedy }) => [
            name,
            atMostMs,
            '',
            '',
            '',
            '',
            '',
            '',
            `skipped: ${remedy}`,
          ]),
        ],
      ),
      '',
      ...rows.map(
        ({ name, wanted, engine, stand_in, data, floor, checksum: digest }) =>
          `${name}: ${wanted}; ${engine}${stand_in ? ' (stand-in)' : ''}, ${data}; beside ${floor.by}; rows compared, checksum ${digest}`,
      ),
      JSON.stringify(configuration),
    ],
  }
}

function verdict({ at_most_ms, dbsvc, floor, met, refused }: Row): string {
  if (met === null) return `stand-in, ${dbsvc.p99_ms <= at_most_ms ? 'within' : 'beyond'}: does not count`
  if (met) return 'met'
  const also = [
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(floor.p99_ms > at_most_ms ? ['the floor neither'] : []),
  ]
  return ['NOT MET', ...also].join(', ')
}

const rowOf = ({ target, dbsvc, direct, ratio, refused, checksum }: Measured): Row => ({
  name: target.name,
  wanted: target.wanted,
  at_most_ms: target.atMostMs,
  met: target.isStandIn ? null : refused === 0 && dbsvc.p99Ms <= target.atMostMs,
  engine: target.engine,
  stand_in: target.isStandIn,
  data: target.data,
  dbsvc: shown(dbsvc),
  floor: { by: target.floor, ...shown(direct) },
  ratio: round(ratio),
  refused,
  checksum,
})

const routingRow = ({ perSecond, router, control }: OwnTime, checksum: string): Row => ({
  name: 'routing',
  wanted: 'routing and validation',
  at_most_ms: routingAtMostMs,
  met: router.p99Ms <= routingAtMostMs,
  engine: 'dbsvc alone',
  stand_in: false,
  data: `point reads, ${round(perSecond, 0)} a second, half of what it can; its own time as it logs it, without the engine`,
  dbsvc: shown(router),
  floor: {
    by: 'a bare fastify server at the same pace, as its client sees it',
    ...shown(control),
  },
  ratio: round(router.p50Ms / control.p50Ms),
  refused: 0,
  checksum,
})

const shown = ({ requests, p50Ms, p99Ms }: Times) => ({ requests, p50_ms: round(p50Ms, 3), p99_ms: round(p99Ms, 3) })
