import { type Benchmark, countOf } from './support/benchmark.ts'
import { binaryOptions, prepareBinary } from './support/binary.ts'
import { companyNames } from './support/company-names.ts'
import { type Contender, shareOf } from './support/fanout/contender.ts'
import { prepareContenders } from './support/fanout/contenders.ts'
import { type Costs, measure, noCosts, phases } from './support/fanout/cost.ts'
import { inspectAll } from './support/fanout/inspect-all.ts'
import { report } from './support/fanout/report.ts'
import { type BenchmarkServer, startServer } from './support/server.ts'
import { withWorkFolder } from './support/work-folder.ts'

const warmUpCompanies = 40

export const benchmark: Benchmark = {
  options: {
    ...binaryOptions,
    companies: { type: 'string', default: '200' },
    repetitions: { type: 'string', default: '5' },
  },
  async run(values, note) {
    const companies = countOf(values, 'companies')
    const repetitions = countOf(values, 'repetitions')
    return withWorkFolder(async (directory) => {
      const binary = await prepareBinary(values, directory, note)
      const server = await startServer(directory)
      try {
        const contenders = await prepareContenders(binary, directory, server)
        for (const [name, reason] of Object.entries(contenders.skipped)) note(`${name} is skipped, ${reason}`)
        const all = [contenders.dbsvc, ...Object.values(contenders.others)]
        const warmUp = companyNames('w', Math.min(warmUpCompanies, companies))
        note(`warming up with ${warmUp.length} companies`)
        await repeat(server, all, warmUp)
        const batches = [warmUp]
        await inspectAll(contenders, batches)
        const costs = new Map<Contender, Costs>(all.map((contender) => [contender, noCosts()]))
        for (let repetition = 1; repetition <= repetitions; repetition += 1) {
          note(`repetition ${repetition} of ${repetitions}: ${companies} companies`)
          const names = companyNames(`r${repetition}`, companies)
          batches.push(names)
          await repeat(server, rotate(all, repetition), names, costs)
        }
        note('comparing what was built')
        const built = await inspectAll(contenders, batches)
        return report({ companies, repetitions, contenders, costs, built, settings: await server.settings() })
      } finally {
        await server.stop()
      }
    })
  },
}

/** Another contender goes first each time. */
const rotate = (contenders: readonly Contender[], by: number): Contender[] => {
  const start = by % contenders.length
  return [...contenders.slice(start), ...contenders.slice(0, start)]
}

async function repeat(
  server: BenchmarkServer,
  contenders: readonly Contender[],
  companies: readonly string[],
  costs?: ReadonlyMap<Contender, Costs>,
): Promise<void> {
  for (const phase of phases) {
    for (const contender of contenders) {
      const cost = (costs?.get(contender) ?? noCosts())[phase]
      const share = shareOf(contender, companies)
      await server.checkpoint()
      await measure(cost, server.pid, share.length, () => contender[phase](share))
    }
  }
}
