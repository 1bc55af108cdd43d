import { type Benchmark, countOf } from './support/benchmark.ts'
import { binaryOptions, prepareBinary } from './support/binary.ts'
import { type Fleet, prepareFleet } from './support/fleet/fleet.ts'
import { type Creation, measureCreation } from './support/fleet/measure-creation.ts'
import { breakSome, measureDrift } from './support/fleet/measure-drift.ts'
import { measureIdle } from './support/fleet/measure-idle.ts'
import { readBack } from './support/fleet/read-back.ts'
import { report } from './support/fleet/report.ts'
import { startServer } from './support/server.ts'
import { withWorkFolder } from './support/work-folder.ts'

const fewCompanies = 10

export const benchmark: Benchmark = {
  options: {
    ...binaryOptions,
    companies: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '11' },
  },
  async run(values, note) {
    const companies = countOf(values, 'companies')
    const rounds = countOf(values, 'rounds')
    return withWorkFolder(async (directory) => {
      const binary = await prepareBinary(values, directory, note)
      const server = await startServer(directory)
      try {
        const create = async (name: string, size: number): Promise<{ fleet: Fleet; creation: Creation }> => {
          const fleet = await prepareFleet(binary, directory, server, name, size)
          await server.checkpoint()
          note(`creating ${size} companies`)
          return { fleet, creation: await measureCreation(binary, server, fleet) }
        }
        const tenth = Math.ceil(companies / 10)
        const few = await create('few', Math.min(fewCompanies, companies))
        // Before and after, so that a machine that gets busier or slower is not taken for a growth with the companies.
        const before = await create('before', tenth)
        const all = await create('all', companies)
        const after = await create('after', tenth)
        const fleets = { few: few.fleet, all: all.fleet }

        note(`with nothing pending, ${rounds} rounds`)
        await server.checkpoint()
        const idle = await measureIdle(binary, server, fleets, rounds)
        note('reading back what stands there')
        for (const { fleet } of [before, after]) await readBack(fleet)
        const standing = { few: await readBack(fleets.few), all: await readBack(fleets.all) }
        note('looking for drift')
        await breakSome(fleets.all)
        const drift = await measureDrift(binary, fleets.all)
        return report({
          creations: { tenth: [before.creation, after.creation], all: all.creation },
          idle,
          drift,
          readBack: standing,
          configuration: { rounds, dbsvc: binary.description, server: await server.settings() },
        })
      } finally {
        await server.stop()
      }
    })
  },
}
