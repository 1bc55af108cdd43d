import type { Report } from '../benchmark.ts'
import { type Goal, goalLines, goalsDocument } from '../goal.ts'
import { median, medianRatio, round } from '../median.ts'
import { table } from '../table.ts'
import { idleNames } from './idle-commands.ts'
import type { Creation } from './measure-creation.ts'
import { type DriftCost, driftLimits } from './measure-drift.ts'
import type { Idle, Sizes } from './measure-idle.ts'
import type { ReadBack } from './read-back.ts'

export interface Findings {
  /** The tenth was created before all and again after it. */
  readonly creations: { readonly tenth: readonly Creation[]; readonly all: Creation }
  readonly idle: Idle
  readonly drift: DriftCost
  readonly readBack: Sizes<ReadBack>
  readonly configuration: {
    readonly rounds: number
    readonly dbsvc: string
    readonly server: Readonly<Record<string, string>>
  }
}

/** For 10,000 companies beside 1,000 and beside 10. */
const limits = { createRatio: 1.5, createPeakMb: 200, idleMs: 1000, idleRatio: 3 }

export function report({ creations, idle, drift, readBack, configuration }: Findings): Report {
  const { few, all } = readBack
  const goals = goalsOf(creations, idle, drift)
  const nodeMs = round(median(idle.bare), 1)
  const create = [...creations.tenth, creations.all].map((one) => ({
    companies: one.companies,
    ms_per_company: round(one.msPerCompany),
    processor_ms_per_company: round(one.processorMsPerCompany),
    peak_mb: round(one.peakMb, 1),
  }))
  const idles = idleNames.map((name) => {
    const { few, all } = idle.commands[name]
    const figures = ({ milliseconds, queries }: typeof few) => ({ ms: round(median(milliseconds), 1), queries })
    return [name, { few: figures(few), all: figures(all) }] as const
  })
  const found = { seconds: round(drift.seconds), peak_mb: round(drift.peakMb, 1) }
  const server = Object.entries(configuration.server).map(([name, value]) => `${name}=${value}`)
  return {
    document: {
      goals: goalsDocument(goals),
      create,
      idle: Object.fromEntries(idles),
      node_ms: nodeMs,
      drift: found,
      configuration: { node: process.version, ...configuration },
      checksum: readBack,
    },
    lines: [
      ...table(
        ['tenant create --from', 'ms per company', 'processor ms', 'client MB'],
        create.map((one) => [
          `${one.companies} companies`,
          one.ms_per_company,
          one.processor_ms_per_company,
          one.peak_mb,
        ]),
      ),
      '',
      ...table(
        ['nothing pending', `${few.companies}: ms`, `${all.companies}: ms`, 'queries', 'queries'],
        [
          ...idles.map(([name, { few, all }]) => [`migrate ${name}`, few.ms, all.ms, few.queries, all.queries]),
          ['node -e 0', nodeMs, nodeMs, '', ''],
        ],
      ),
      '',
      `drift over ${all.companies} companies: ${found.seconds} s, client ${found.peak_mb} MB`,
      '',
      ...goalLines(goals),
      'goals are for 10,000 companies and an idle machine',
      '',
      `node ${process.version}, dbsvc ${configuration.dbsvc}; nothing pending: medians of ${configuration.rounds} rounds`,
      `server: ${server.join(' ')}`,
      ...[few, all].map(
        ({ companies, version, digest }) => `read back: ${companies} companies at ${version}, digest ${digest}`,
      ),
    ],
  }
}

function goalsOf({ tenth, all }: Findings['creations'], idle: Idle, drift: DriftCost): Goal[] {
  const createRatio = all.msPerCompany / median(tenth.map((one) => one.msPerCompany))
  return [
    { name: 'create_ratio', value: createRatio, atMost: limits.createRatio },
    { name: 'create_peak_mb', value: all.peakMb, atMost: limits.createPeakMb },
    ...idleNames.flatMap((name) => {
      const { few, all } = idle.commands[name]
      return [
        { name: `${name}_ms`, value: median(all.milliseconds), atMost: limits.idleMs },
        { name: `${name}_ratio`, value: medianRatio(all.milliseconds, few.milliseconds), atMost: limits.idleRatio },
        { name: `${name}_more_queries`, value: all.queries - few.queries, atMost: 0 },
      ]
    }),
    { name: 'drift_seconds', value: drift.seconds, atMost: driftLimits.seconds },
    { name: 'drift_peak_mb', value: drift.peakMb, atMost: driftLimits.peakMb },
  ]
}
