import type { Report } from '../benchmark.ts'
import { type Goal, goalLines, goalsDocument } from '../goal.ts'
import { median, medianRatio, round } from '../median.ts'
import { table } from '../table.ts'
import type { Built } from './catalog.ts'
import type { Contender } from './contender.ts'
import type { Contenders } from './contenders.ts'
import { type Cost, type Costs, noCosts, type Phase, phases } from './cost.ts'

export interface Findings {
  readonly companies: number
  readonly repetitions: number
  readonly contenders: Contenders
  readonly costs: ReadonlyMap<Contender, Costs>
  readonly built: Built
  readonly settings: Readonly<Record<string, string>>
}

/** By ratio, at 1,000 companies. */
const limits: Readonly<Record<string, number>> = {
  provision_vs_floor: 1.25,
  rollout_vs_floor: 1.5,
  provision_vs_peer: 1 / 2.5,
  rollout_vs_peer: 1 / 4,
}

export function report({ companies, repetitions, contenders, costs, built, settings }: Findings): Report {
  const { dbsvc, others, skipped } = contenders
  const costOf = (contender: Contender, phase: Phase): Cost => (costs.get(contender) ?? noCosts())[phase]
  const ratio = (phase: Phase, other: Contender, kind: keyof Cost = 'elapsed'): number =>
    round(medianRatio(costOf(dbsvc, phase)[kind], costOf(other, phase)[kind]))
  const perCompany = (phase: Phase, contender: Contender): number => round(median(costOf(contender, phase).elapsed))
  const ratios = (kind: keyof Cost): Record<string, number> =>
    Object.fromEntries(
      Object.entries(others).flatMap(([name, other]) =>
        phases.map((phase) => [`${phase.toLowerCase()}_vs_${name}`, ratio(phase, other, kind)]),
      ),
    )
  const all = [dbsvc, ...Object.values(others)]
  const elapsedRatios = ratios('elapsed')
  const goals = Object.entries(limits).map(
    ([name, atMost]): Goal => ({ name, value: elapsedRatios[name] ?? Number.NaN, atMost }),
  )
  return {
    document: {
      ratios: elapsedRatios,
      processor_ratios: ratios('processor'),
      goals: goalsDocument(goals),
      milliseconds_per_company: Object.fromEntries(
        all.map((one) => [one.name, { provision: perCompany('provision', one), rollout: perCompany('rollOut', one) }]),
      ),
      companies,
      repetitions,
      configuration: {
        node: process.version,
        server: settings,
        contenders: Object.fromEntries(all.map(({ name, description }) => [name, description])),
        skipped,
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
      '',
      ...goalLines(goals),
      'goals are for 1,000 companies and an idle machine',
      '',
      ...all.map(({ name, description }) => `${name}: ${description}`),
      ...Object.entries(skipped).map(([name, reason]) => `${name}: skipped, ${reason}`),
      `server: ${Object.entries(settings)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')}; node ${process.version}`,
      `built alike: ${built.companies} companies each where given all, schema ${built.schema}, protection ${built.protection}`,
    ],
  }
}
