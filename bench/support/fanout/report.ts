import type { Report } from '../benchmark.ts'
import { median, medianRatio, round } from '../median.ts'
import { table } from '../table.ts'
import type { Built } from './catalog.ts'
import type { Contender } from './contender.ts'
import { type Cost, type Costs, noCosts, type Phase, phases } from './cost.ts'

export interface Contenders {
  readonly dbsvc: Contender
  readonly floor: Contender
  readonly peer: Contender
  /** Makes tables and no row security: less work, for comparison. */
  readonly unprotectedPeer: Contender
}

export interface Findings {
  readonly companies: number
  readonly repetitions: number
  readonly contenders: Contenders
  readonly costs: ReadonlyMap<Contender, Costs>
  readonly built: Built
  readonly settings: Readonly<Record<string, string>>
}

export function report({ companies, repetitions, contenders, costs, built, settings }: Findings): Report {
  const costOf = (contender: Contender, phase: Phase): Cost => (costs.get(contender) ?? noCosts())[phase]
  const ratio = (phase: Phase, other: Contender, kind: keyof Cost = 'elapsed'): number =>
    round(medianRatio(costOf(contenders.dbsvc, phase)[kind], costOf(other, phase)[kind]))
  const perCompany = (phase: Phase, contender: Contender): number =>
    round(median(costOf(contender, phase).elapsed) / companies)
  const ratios = (kind: keyof Cost): Record<string, number> => ({
    provision_vs_floor: ratio('provision', contenders.floor, kind),
    rollout_vs_floor: ratio('rollOut', contenders.floor, kind),
    provision_vs_peer: ratio('provision', contenders.peer, kind),
    rollout_vs_peer: ratio('rollOut', contenders.peer, kind),
    provision_vs_peer_without_row_security: ratio('provision', contenders.unprotectedPeer, kind),
    rollout_vs_peer_without_row_security: ratio('rollOut', contenders.unprotectedPeer, kind),
  })
  const all = Object.values(contenders)
  return {
    document: {
      ratios: ratios('elapsed'),
      processor_ratios: ratios('processor'),
      milliseconds_per_company: Object.fromEntries(
        all.map((one) => [one.name, { provision: perCompany('provision', one), rollout: perCompany('rollOut', one) }]),
      ),
      companies,
      repetitions,
      configuration: {
        node: process.version,
        server: settings,
        contenders: Object.fromEntries(all.map(({ name, description }) => [name, description])),
      },
      checksum: built,
    },
    lines: [
      ...table(
        ['', 'provision ms', 'ratio', 'processor', 'roll-out ms', 'ratio', 'processor'],
        all.map((one) => [
          one.name,
          ...phases.flatMap((phase) => [perCompany(phase, one), ratio(phase, one), ratio(phase, one, 'processor')]),
        ]),
      ),
      '',
      `ms per company, of ${companies} companies; ratio: dbsvc's time divided by the other's; processor: the same of processor time`,
      `medians of ${repetitions} repetitions`,
      ...all.map(({ name, description }) => `${name}: ${description}`),
      `server: ${Object.entries(settings)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')}; node ${process.version}`,
      `built alike: ${built.companies} companies each, schema ${built.schema}, protection ${built.protection}`,
    ],
  }
}
