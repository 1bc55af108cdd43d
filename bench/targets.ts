import { type Benchmark, countOf } from './support/benchmark.ts'
import { binaryOptions, prepareBinary } from './support/binary.ts'
import { createHttpClient } from './support/router/http-client.ts'
import { startDbsvc } from './support/router/peers/dbsvc.ts'
import { startServer } from './support/server.ts'
import { type BenchStore, startStores } from './support/stores/servers.ts'
import { startArango } from './support/targets/arango.ts'
import { askWith } from './support/targets/ask.ts'
import { compareAnswers, type Measured, measureTarget } from './support/targets/measure.ts'
import { measureRouting } from './support/targets/own-time.ts'
import { report } from './support/targets/report.ts'
import { analyticsTargets } from './support/targets/rows/analytics.ts'
import { graphTarget } from './support/targets/rows/graph.ts'
import { postgresTargets } from './support/targets/rows/postgres.ts'
import { signalTarget } from './support/targets/rows/signal.ts'
import { similarityTarget } from './support/targets/rows/similarity.ts'
import { fillHotKeys, hotKeyTarget, insertTarget } from './support/targets/rows/trading.ts'
import { isSkipped, type Target } from './support/targets/target.ts'
import { prepareTargetsWorld } from './support/targets/world.ts'
import { withWorkFolder } from './support/work-folder.ts'

export const benchmark: Benchmark = {
  options: {
    ...binaryOptions,
    companies: { type: 'string', default: '20' },
    trades: { type: 'string', default: '100000' },
    rows: { type: 'string', default: '10000000' },
    vectors: { type: 'string', default: '100000' },
    persons: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '4' },
    'warm-up': { type: 'string', default: '8' },
  },
  async run(values, note) {
    const sizes = {
      companies: countOf(values, 'companies'),
      trades: countOf(values, 'trades'),
      rows: countOf(values, 'rows'),
      vectors: countOf(values, 'vectors'),
      persons: countOf(values, 'persons'),
    }
    const seconds = countOf(values, 'seconds')
    const warmUp = countOf(values, 'warm-up')
    return withWorkFolder(async (directory) => {
      const binary = await prepareBinary(values, directory, note)
      const server = await startServer(directory)
      const stores: BenchStore[] = []
      const stops: (() => Promise<void>)[] = []
      try {
        stores.push(...(await startStores(directory, note)))
        stores.push(await startArango())
        const world = await prepareTargetsWorld(binary, directory, server, stores, sizes, note)
        stops.push(() => world.clients.close())
        const dbsvc = await startDbsvc(binary, world)
        stops.push(() => dbsvc.stop())
        const client = createHttpClient(dbsvc.port)
        stops.push(async () => client.close())
        const ask = askWith(client, world.apiKey)
        await fillHotKeys(world, ask)

        const reads = postgresTargets(world, ask, sizes)
        note('routing and validation')
        const [company = ''] = world.companies
        const routing = await measureRouting(dbsvc, { company, serverPid: server.pid, seconds: seconds / 2, warmUp })
        const all = [
          ...reads,
          hotKeyTarget(world, ask),
          insertTarget(world, ask),
          ...analyticsTargets(world, ask, sizes),
          similarityTarget(world, ask, sizes),
          graphTarget(world, ask, sizes),
          signalTarget(world, ask),
        ]
        const measured: Measured[] = []
        for (const target of all) {
          if (isSkipped(target)) continue
          note(`${target.wanted}: ${target.data}`)
          measured.push(await measureTarget(target, seconds))
        }
        const configuration = {
          binary: binary.description,
          sizes,
          seconds,
          engines: Object.fromEntries(stores.map(({ engine, description }) => [engine.name, description])),
          server: await server.settings(),
        }
        const checksum = await compareAnswers(reads[0] as Target)
        return report({ routing, measured, skipped: all.filter(isSkipped), checksum, configuration })
      } finally {
        for (const stop of stops.reverse()) await stop()
        await Promise.all(stores.map((store) => store.stop()))
        await server.stop()
      }
    })
  },
}
