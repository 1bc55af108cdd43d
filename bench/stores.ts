import { type Benchmark, countOf } from './support/benchmark.ts'
import { binaryOptions, prepareBinary } from './support/binary.ts'
import { companyNames } from './support/company-names.ts'
import { startServer } from './support/server.ts'
import { createMany, createOne, timeDev, timeDoctor } from './support/stores/measure.ts'
import { measureFloors } from './support/stores/measure-floors.ts'
import { prepareProject, type StoresProject } from './support/stores/project.ts'
import { readBack } from './support/stores/read-back.ts'
import { report } from './support/stores/report.ts'
import { type BenchStore, startStores } from './support/stores/servers.ts'
import { withWorkFolder } from './support/work-folder.ts'

export const benchmark: Benchmark = {
  options: {
    ...binaryOptions,
    companies: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '9' },
    doctor: { type: 'string', default: '1000' },
  },
  async run(values, note) {
    const companies = countOf(values, 'companies')
    const rounds = countOf(values, 'rounds')
    const examined = countOf(values, 'doctor')
    return withWorkFolder(async (directory) => {
      const binary = await prepareBinary(values, directory, note)
      const server = await startServer(directory)
      let stores: readonly BenchStore[] = []
      try {
        stores = await startStores(directory, note)
        const all = await prepareProject(binary, directory, server, 'everything', stores, true)
        const alone: StoresProject[] = []
        for (const store of stores) {
          const name = `alone_${store.engine.name}`
          alone.push(await prepareProject(binary, directory, server, name, [store], false))
        }

        note(`one company, ${rounds} rounds: over all engines, and over PostgreSQL and each of the others`)
        const one = await createOne(binary, all, alone, rounds)
        note(`${companies} companies over all engines`)
        const many = await createMany(binary, all, companyNames('many', companies))
        const rest = examined - companies - rounds
        note(`doctor over ${examined} companies`)
        if (rest > 0) await createMany(binary, all, companyNames('rest', rest))
        const doctor = await timeDoctor(binary, all)
        const found = await readBack(all, stores)
        note('the floor of each engine, by its own client')
        const floors = await measureFloors(stores, companyNames('floor', companies))
        note('dbsvc dev on data that is there')
        const dev = await timeDev(binary, directory)
        return report({ one, many, floors, doctor, dev, companies, found, stores, settings: await server.settings() })
      } finally {
        await Promise.all(stores.map((store) => store.stop()))
        await server.stop()
      }
    })
  },
}
