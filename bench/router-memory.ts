import { setTimeout as delay } from 'node:timers/promises'
import { seededRandom } from '../test/support/seeded-random.ts'
import { type Benchmark, countOf } from './support/benchmark.ts'
import { binaryOptions, prepareBinary } from './support/binary.ts'
import { type Database, withClient } from './support/database.ts'
import { type Goal, goalLines, goalsDocument } from './support/goal.ts'
import { median, round } from './support/median.ts'
import { meteredNode, readMemory } from './support/router/memory-meter.ts'
import { startDbsvc } from './support/router/peers/dbsvc.ts'
import { workloads } from './support/router/workloads.ts'
import { prepareWorld } from './support/router/world.ts'
import { startServer } from './support/server.ts'
import { inLanes } from './support/stores/in-lanes.ts'
import { table } from './support/table.ts'
import { withWorkFolder } from './support/work-folder.ts'

const clients = 16
/** Of one company, before the first reading: JavaScript is compiled, and the heap has its size. */
const warmUpRequests = 5_000
const atMostMb = 50
/** server.pool.idleMs as it is unless set, and a look after that. */
const idleMs = 75_000
/** One a second: the router's own attempts at isolation borrow a connection for some of them. */
const idleReadings = 21

export const benchmark: Benchmark = {
  options: { ...binaryOptions, companies: { type: 'string', default: '10000' } },
  async run(values, note) {
    const count = countOf(values, 'companies')
    return withWorkFolder(async (directory) => {
      const binary = await prepareBinary(values, directory, note)
      const server = await startServer(directory)
      try {
        note(`creating ${count + 1} companies`)
        const world = await prepareWorld(binary, directory, server, count + 1, { peers: false })
        const dbsvc = await startDbsvc(binary, world, meteredNode)
        try {
          const random = seededRandom(1)
          const ask = async (company: string): Promise<void> => {
            const rows = await dbsvc.ask(company, workloads.w1, workloads.w1.values(random))
            if (rows.length !== 1) throw new Error(`${rows.length} rows of ${company}`)
          }
          const [first = '', ...others] = world.companies
          note(`one company, ${warmUpRequests} requests; then ${count} companies, one request each, and once more`)
          await inLanes(Array<string>(warmUpRequests).fill(first), clients, ask)
          const before = await readMemory(dbsvc.pid, dbsvc.log)
          await inLanes(others, clients, ask)
          const after = await readMemory(dbsvc.pid, dbsvc.log)
          await inLanes(others, clients, ask)
          const again = await readMemory(dbsvc.pid, dbsvc.log)
          const held = await connectionsTo(world.database)
          note(`nobody asks for ${idleMs / 1_000} s`)
          await delay(idleMs)
          const readings = await readIdle(world.database)
          const idle = median(readings)

          const goals: Goal[] = [
            { name: 'resident_mb', value: after.residentMb - before.residentMb, atMost: atMostMb },
            { name: 'resident_mb_asked_twice', value: again.residentMb - before.residentMb, atMost: atMostMb },
            { name: 'connections_when_idle', value: idle, atMost: 0 },
          ]
          const rows = Object.entries({ 'one company': before, all: after, 'all, twice': again })
          return {
            document: {
              goals: goalsDocument(goals),
              companies: count,
              memory_mb: Object.fromEntries(
                rows.map(([name, { residentMb, heapMb }]) => [
                  name,
                  { resident: round(residentMb, 1), heap: round(heapMb, 1) },
                ]),
              ),
              connections: { asked: held, idle, idle_at_most: Math.max(...readings) },
              configuration: { binary: binary.description, clients, server: await server.settings() },
            },
            lines: [
              ...table(
                [`asked for, of ${count} companies`, 'resident MB', 'heap MB'],
                rows.map(([name, { residentMb, heapMb }]) => [name, round(residentMb, 1), round(heapMb, 1)]),
              ),
              '',
              ...goalLines(goals),
              '',
              `${held} connections of the router while companies ask, ${idle} when none does (at most ${Math.max(...readings)} in ${idleReadings} readings)`,
            ],
          }
        } finally {
          await dbsvc.stop()
        }
      } finally {
        await server.stop()
      }
    })
  },
}

async function readIdle(database: Database): Promise<number[]> {
  const readings: number[] = []
  for (let reading = 0; reading < idleReadings; reading += 1) {
    readings.push(await connectionsTo(database))
    await delay(1_000)
  }
  return readings
}

/** Of the role that companies' requests run as. */
function connectionsTo(database: Database): Promise<number> {
  return withClient(database, async (client) => {
    const { rows } = await client.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where usename = 'database_service_role'`,
    )
    return rows[0]?.n ?? Number.NaN
  })
}
