import { type Benchmark, countOf } from './support/benchmark.ts'
import { binaryOptions, prepareBinary } from './support/binary.ts'
import { median } from './support/median.ts'
import { compareRows, countInserted } from './support/router/compare.ts'
import type { Contender } from './support/router/contender.ts'
import { measureFewCompanies } from './support/router/few-companies.ts'
import { type Measured, measure } from './support/router/load.ts'
import { measureOwnTime } from './support/router/own-time.ts'
import { startDbsvc } from './support/router/peers/dbsvc.ts'
import { openDirect } from './support/router/peers/direct.ts'
import { startHandwritten } from './support/router/peers/handwritten.ts'
import { startPgbouncer } from './support/router/peers/pgbouncer.ts'
import { report } from './support/router/report.ts'
import { measureSeries, type Series } from './support/router/series.ts'
import { workloads } from './support/router/workloads.ts'
import { prepareWorld } from './support/router/world.ts'
import { startServer } from './support/server.ts'
import { withWorkFolder } from './support/work-folder.ts'

/** Of each contender to PostgreSQL. */
const mostConnections = 40
const clientCounts = [16, 64]

export const benchmark: Benchmark = {
  options: {
    ...binaryOptions,
    companies: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    'warm-up': { type: 'string', default: '6' },
  },
  async run(values, note) {
    const rounds = countOf(values, 'rounds')
    const seconds = countOf(values, 'seconds')
    const warmUp = countOf(values, 'warm-up')
    return withWorkFolder(async (directory) => {
      const binary = await prepareBinary(values, directory, note)
      const server = await startServer(directory, { max_connections: '300' })
      const contenders: Contender[] = []
      try {
        note(`creating ${countOf(values, 'companies')} companies`)
        const world = await prepareWorld(binary, directory, server, countOf(values, 'companies'))
        const dbsvc = await startDbsvc(binary, world)
        contenders.push(dbsvc)
        contenders.push(await startHandwritten(world, mostConnections))
        contenders.push(openDirect(world, mostConnections))
        const bouncer = await startPgbouncer(world, mostConnections)
        if (bouncer !== null) contenders.push(bouncer)
        const skipped: Record<string, string> = bouncer === null ? { pgbouncer: 'scripts/engines pgbouncer' } : {}
        for (const [name, remedy] of Object.entries(skipped)) note(`${name} is skipped: ${remedy}`)
        const checksum = await compareRows(contenders, world)

        const series: Series[] = []
        let inserts = 0
        for (const clients of clientCounts) {
          for (const workload of Object.values(workloads)) {
            note(`${workload.name}, ${workload.description}: ${clients} clients, ${rounds} rounds`)
            const turns = { contenders, workload, companies: world.companies, clients, rounds, seconds, warmUp, server }
            const measured = await measureSeries(turns)
            series.push(...measured.series)
            inserts += measured.inserts
          }
        }
        note('cached reads, beside those that are not')
        const common = { companies: world.companies, clients: 16, serverPid: server.pid, workload: workloads.w1 }
        const cached: Measured[] = []
        const uncached: Measured[] = []
        for (let round = 0; round <= rounds; round += 1) {
          const turn = { ...common, seconds: round > 0 ? seconds : warmUp, seed: round + 1 }
          const first = await measure({ ...turn, contender: dbsvc.cached })
          const second = await measure({ ...turn, contender: dbsvc })
          if (round > 0) cached.push(first)
          if (round > 0) uncached.push(second)
        }
        const pace = median(uncached.map(({ perSecond }) => perSecond)) / 2
        note(
          `the router's own time at ${Math.round(pace)} requests/s, half of what it can, beside a bare fastify server`,
        )
        const ownTime = await measureOwnTime({ ...common, contender: dbsvc, pace, seconds: 2 * seconds }, dbsvc.log, 5)
        // Their connections are PostgreSQL's load as well.
        await Promise.all(contenders.splice(1).map((contender) => contender.stop()))
        const few = await measureFewCompanies(
          world,
          dbsvc,
          { rounds, seconds, warmUp: Math.ceil(warmUp / 2), server },
          clientCounts,
          note,
        )
        inserts += few?.inserts ?? 0
        const inserted = await countInserted(world)
        if (inserted !== inserts) throw new Error(`${inserts} inserts were answered, ${inserted} rows are there`)
        const configuration = {
          contenders: Object.fromEntries(contenders.map(({ name, description }) => [name, description])),
          companies: world.companies.length,
          distribution: 'zipf, exponent 1',
          rounds,
          seconds,
          warm_up_seconds: warmUp,
          server: await server.settings(),
        }
        return report({ series, cached, uncached, ownTime, few, checksum, inserted, skipped, configuration })
      } finally {
        await Promise.all(contenders.map((contender) => contender.stop()))
        await server.stop()
      }
    })
  },
}
