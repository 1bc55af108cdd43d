import type { Report } from '../benchmark.ts'
import { type Goal, goalLines, goalsDocument } from '../goal.ts'
import { median, round } from '../median.ts'
import { table } from '../table.ts'
import type { DoctorTime, OneCompany } from './measure.ts'
import type { ReadBack } from './read-back.ts'
import type { BenchStore } from './servers.ts'

interface Measured {
  readonly one: OneCompany
  readonly many: number
  readonly floors: Readonly<Record<string, number>>
  readonly doctor: DoctorTime
  readonly dev: { readonly ready: number; readonly whole: number }
  readonly companies: number
  readonly found: ReadBack
  readonly stores: readonly BenchStore[]
  readonly settings: Readonly<Record<string, string>>
}

export function report(measured: Measured): Report {
  const { one, many, floors, doctor, dev, companies, found, stores, settings } = measured
  const alone = Object.entries(one.alone).map(([name, times]) => ({ name, ms: median(times) }))
  const slowestAlone = alone.toSorted((a, b) => b.ms - a.ms)[0] ?? { name: '-', ms: Number.NaN }
  // Of one turn, so that a slow minute of the machine falls out.
  const ratios = one.all.map((ms, index) => ms / (one.alone[slowestAlone.name]?.[index] ?? Number.NaN))
  const slowestFloor = Object.entries(floors).toSorted(([, a], [, b]) => b - a)[0] ?? ['-', Number.NaN]
  const goals: Goal[] = [
    { name: 'one_vs_slowest_alone', value: median(ratios), atMost: 1.3 },
    { name: 'many_vs_slowest_floor', value: many / slowestFloor[1], atMost: 1.3 },
    { name: 'doctor_seconds', value: doctor.milliseconds / 1000, atMost: 5 },
    { name: 'dev_ready_seconds', value: dev.ready / 1000, atMost: 3 },
  ]
  const configuration = {
    postgres: settings,
    engines: Object.fromEntries(stores.map(({ engine, description }) => [engine.name, description])),
  }
  return {
    document: {
      goals: goalsDocument(goals),
      one_ms: { all: round(median(one.all)), ...Object.fromEntries(alone.map(({ name, ms }) => [name, round(ms)])) },
      per_company_ms: {
        dbsvc: round(many / companies),
        floors: Object.fromEntries(Object.entries(floors).map(([name, ms]) => [name, round(ms / companies)])),
      },
      doctor,
      dev,
      read_back: found,
      configuration,
    },
    lines: [
      ...table(
        ['one company', 'ms'],
        [
          ['all engines', round(median(one.all))],
          ...alone.map(({ name, ms }) => [`postgres + ${name}`, round(ms)] as const),
        ],
      ),
      '',
      ...table(
        [`${companies} companies`, 'ms each'],
        [
          ['dbsvc, all engines', round(many / companies)],
          ...Object.entries(floors).map(([name, ms]) => [`floor of ${name}`, round(ms / companies)] as const),
        ],
      ),
      '',
      ...goalLines(goals),
      '',
      `${found.companies} companies active in every engine; checksums ${JSON.stringify(found.checksums)}`,
      `doctor looked at ${doctor.companies} companies and found ${doctor.errors.length} errors`,
      ...doctor.errors,
      JSON.stringify(configuration),
    ],
  }
}
