import { join } from 'node:path'
import { type Benchmark, countOf } from './support/benchmark.ts'
import { binaryOptions, prepareBinary } from './support/binary.ts'
import { type Built, inspectBuilt } from './support/fanout/catalog.ts'
import { readHandWritten } from './support/fanout/company-sql.ts'
import type { Contender } from './support/fanout/contender.ts'
import { type Costs, measure, noCosts, phases } from './support/fanout/cost.ts'
import { dbsvc, setUp } from './support/fanout/dbsvc.ts'
import { floor } from './support/fanout/floor.ts'
import { nodePgMigrate } from './support/fanout/node-pg-migrate.ts'
import { type Contenders, report } from './support/fanout/report.ts'
import { type BenchmarkServer, startServer } from './support/fanout/server.ts'
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
        const shipped = await readHandWritten()
        const database = async (name: string): Promise<Contender['database']> => {
          const made = await server.createDatabase(name)
          await setUp(binary, directory, made)
          return made
        }
        const contenders: Contenders = {
          dbsvc: await dbsvc(binary, directory, await database('dbsvc')),
          floor: floor(await database('floor'), shipped),
          peer: await nodePgMigrate(join(directory, 'peer'), await database('peer'), shipped, { protections: true }),
          unprotectedPeer: await nodePgMigrate(
            join(directory, 'unprotected'),
            await database('unprotected_peer'),
            shipped,
            { protections: false },
          ),
        }
        const all = Object.values(contenders)
        note(`warming up with ${warmUpCompanies} companies`)
        await repeat(server, all, companyNames('w', Math.min(warmUpCompanies, companies)))
        await inspectAll(contenders)
        const costs = new Map<Contender, Costs>(all.map((contender) => [contender, noCosts()]))
        for (let repetition = 1; repetition <= repetitions; repetition += 1) {
          note(`repetition ${repetition} of ${repetitions}: ${companies} companies`)
          const names = companyNames(`r${repetition}`, companies)
          await repeat(server, rotate(all, repetition), names, costs)
        }
        note('comparing what was built')
        const built = await inspectAll(contenders)
        return report({ companies, repetitions, contenders, costs, built, settings: await server.settings() })
      } finally {
        await server.stop()
      }
    })
  },
}

const companyNames = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `bench_${prefix}_${String(index + 1).padStart(5, '0')}`)

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
      await server.checkpoint()
      await measure(cost, server.pid, () => contender[phase](companies))
    }
  }
}

/** @throws when the contenders did not build the same */
async function inspectAll(contenders: Contenders): Promise<Built> {
  const wanted = await inspectBuilt(contenders.floor.database)
  for (const contender of [contenders.dbsvc, contenders.peer, contenders.unprotectedPeer]) {
    const found = await inspectBuilt(contender.database)
    const comparable = contender === contenders.unprotectedPeer ? { ...found, protection: wanted.protection } : found
    if (JSON.stringify(comparable) !== JSON.stringify(wanted)) {
      throw new Error(`${contender.name} built ${JSON.stringify(found)}, the floor ${JSON.stringify(wanted)}`)
    }
  }
  return wanted
}
