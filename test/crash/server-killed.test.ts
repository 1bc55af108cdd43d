import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded/postgres/start.ts'
import type { TestDatabase } from '../support/database.ts'
import { spawnDbsvc } from '../support/dbsvc.ts'
import { createProject } from '../support/project.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { copyOfTemplate } from '../support/template-database.ts'
import { type Phase, startWireProxy } from '../support/wire-proxy.ts'
import { findHalfWay } from './support/half-way.ts'
import { companies, shared, tenant } from './support/migrations.ts'
import { drawPoints, nameOf } from './support/points.ts'
import { makeReference, type Reference } from './support/reference.ts'
import { filesOf, type Scenario, scenarios, succeed } from './support/scenario.ts'
import { readState, type State } from './support/state.ts'
import { runUndisturbed } from './support/strike.ts'

const scenario = scenarios['a migrate up of 30'] as Scenario

let directory: string
let server: EmbeddedPostgres
let reference: Reference
let undisturbed: State
let requests: number

const long = process.env.DBSVC_CRASH_LONG === '1'
const seed = Number(process.env.DBSVC_CRASH_SEED ?? '1')

const pointsEach = 6

const start = (): Promise<EmbeddedPostgres> =>
  // What a killed process has written is safe with the system; fsync is for those that lose power.
  startEmbeddedPostgres({ directory, port: 0, settings: { fsync: 'off', max_locks_per_transaction: '256' } })

beforeAll(async () => {
  directory = join(inject('runDirectory'), `killed-${randomBytes(4).toString('hex')}`)
  server = await start()
  reference = await makeReference()
  const run = await runUndisturbed(scenario, await scenario.prepare?.())
  undisturbed = run.state
  // Those of the last second of a slow run may be looks at the clock; a kill must meet a request.
  requests = run.requests.length - 10
}, 300_000)

afterAll(() => server.stop('immediate'))

/** The database on the server as it runs now. */
async function newCluster(): Promise<{
  database: TestDatabase
  cwd: string
  state: () => ReturnType<typeof readState>
}> {
  const migrations = Object.fromEntries([...filesOf('shared', shared, 1), ...filesOf('tenant', tenant, 1)])
  const projectOn = (database: TestDatabase) =>
    createProject({ database, migrations, config: { secrets: { directory: `${directory}-secrets` } } })
  const make = async (template: TestDatabase): Promise<void> => {
    const maker = await projectOn(template)
    await succeed(maker, ['migrate', 'up'])
    await succeed(maker, ['tenant', 'create', ...companies])
  }
  const database = await copyOfTemplate(['killed'], make, server)
  const project = await projectOn(database)
  for (const [path, content] of [...filesOf('shared', shared, 9), ...filesOf('tenant', tenant, 9)]) {
    await project.write(join('migrations', path), content)
  }
  return {
    database,
    cwd: project.directory,
    async state() {
      const client = await database.connect()
      const state = await readState(client)
      await client.end()
      return state
    },
  }
}

/** Runs the scenario on a new cluster, whose server is killed at the request, if it comes to that. */
async function killAt(at: number, phase: Phase) {
  const { database, cwd, state } = await newCluster()
  let hit = false
  const proxy = await startWireProxy(database, {
    at,
    phase,
    async act() {
      hit = true
      process.kill(server.pid, 'SIGKILL')
      await server.exited
    },
  })
  const struck = await spawnDbsvc(scenario.args, { cwd, env: { DBSVC_POSTGRES_PORT: String(proxy.port) } }).exited
  await proxy.close()
  return { hit, requests: proxy.requests.length, struck, cwd, state }
}

/** Every request to the server is a point at which it is killed, once while it works on it and once when it is through. */
test('a migrate up goes on after the server was killed at any request', {
  timeout: long ? 24 * 3_600_000 : 240_000,
}, async () => {
  const points = Array.from({ length: requests }, (_, index) =>
    (['during', 'after'] as const).map((phase) => ({ blow: 'kill' as const, request: index + 1, phase })),
  ).flat()
  const drawn = drawPoints(points, long ? points.length : pointsEach, seededRandom(seed))
  process.stdout.write(`server killed: ${points.length} points, ${drawn.length} drawn with seed ${seed}\n`)
  for (const point of drawn) {
    const name = nameOf(point)
    const first = await killAt(point.request, point.phase)
    // A fast run makes fewer requests than the slow one that they were counted of.
    const { hit, struck, cwd, state } = first.hit ? first : await killAt(Math.max(1, first.requests - 3), point.phase)
    expect(hit, name).toBe(true)
    expect([name, struck.exitCode, struck.stderr]).toEqual([name, 4, expect.stringMatching(/DBS-110[15]/)])

    // The port is kept, so the database is where it was.
    server = await start()
    expect([name, ...findHalfWay(await state(), reference, scenario)]).toEqual([name])
    const next = await spawnDbsvc(scenario.args, { cwd, timeoutMs: 100_000 }).exited
    expect(next.exitCode, `${name}: ${next.stderr}`).toBe(0)
    expect(await state(), name).toEqual(undisturbed)
  }
})
