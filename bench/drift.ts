import { type Benchmark, countOf } from './support/benchmark.ts'
import { binaryOptions, prepareBinary } from './support/binary.ts'
import { createCompanies, prepareFleet } from './support/fleet/fleet.ts'
import { breakSome, type DriftCost, driftLimits, measureDrift } from './support/fleet/measure-drift.ts'
import { goalLines, goalsDocument } from './support/goal.ts'
import { median, round } from './support/median.ts'
import { startServer } from './support/server.ts'
import { withWorkFolder } from './support/work-folder.ts'

export const benchmark: Benchmark = {
  options: {
    ...binaryOptions,
    companies: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
  },
  async run(values, note) {
    const companies = countOf(values, 'companies')
    const rounds = countOf(values, 'rounds')
    return withWorkFolder(async (directory) => {
      const binary = await prepareBinary(values, directory, note)
      const server = await startServer(directory)
      try {
        note(`creating ${companies} companies`)
        const fleet = await prepareFleet(binary, directory, server, 'drift', companies)
        await createCompanies(binary, fleet)
        await breakSome(fleet)
        note(`looking for drift ${rounds} times`)
        const costs: DriftCost[] = []
        for (let round = 0; round < rounds; round += 1) costs.push(await measureDrift(binary, fleet))
        return report(companies, costs, binary.description)
      } finally {
        await server.stop()
      }
    })
  },
}

function report(companies: number, costs: readonly DriftCost[], dbsvc: string) {
  const seconds = median(costs.map((one) => one.seconds))
  const peakMb = Math.max(...costs.map((one) => one.peakMb))
  const secondsFor10000 = (seconds / companies) * 10_000
  const figures = { seconds: round(seconds), secondsFor10000: round(secondsFor10000, 1), peakMb: round(peakMb, 1) }
  const goals = [
    { name: 'seconds_for_10000', value: secondsFor10000, atMost: driftLimits.seconds },
    { name: 'peak_mb', value: peakMb, atMost: driftLimits.peakMb },
  ]
  return {
    document: {
      figures,
      goals: goalsDocument(goals),
      configuration: { node: process.version, dbsvc, companies, rounds: costs.length },
    },
    lines: [
      `drift over ${companies} companies: ${figures.seconds} s, the client ${figures.peakMb} MB at its peak`,
      '',
      ...goalLines(goals),
      '',
      `node ${process.version}, dbsvc ${dbsvc}, median of ${costs.length} rounds`,
    ],
  }
}
