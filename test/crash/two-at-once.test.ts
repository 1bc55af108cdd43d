import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import type { TestDatabase } from '../support/database.ts'
import { type DbsvcResult, spawnDbsvc } from '../support/dbsvc.ts'
import { startWireProxy } from '../support/wire-proxy.ts'
import { companies } from './support/migrations.ts'
import { newProject, type Scenario, scenarios } from './support/scenario.ts'
import { readState, type State } from './support/state.ts'
import { runUndisturbed } from './support/strike.ts'

const up = scenarios['a migrate up of 30'] as Scenario
const create = scenarios['a tenant create of 30'] as Scenario

let beforeUp: TestDatabase | undefined
let beforeCreate: TestDatabase | undefined
let afterUp: State
/** The request by which the first company is held, in a transaction of several requests. */
let firstClaim: number
let afterCreate: State

beforeAll(async () => {
  beforeUp = await up.prepare?.()
  beforeCreate = await create.prepare?.()
  const undisturbed = await runUndisturbed(up, beforeUp)
  afterUp = undisturbed.state
  firstClaim =
    1 +
    undisturbed.requests.findIndex(({ text }) =>
      /^begin;\s*select dbsvc\.claim\('postgres', 'main', 'tenant'/.test(text),
    )
  afterCreate = (await runUndisturbed(create, beforeCreate)).state
}, 180_000)

async function stateOf(database: TestDatabase): Promise<State> {
  const client = await database.connect()
  const state = await readState(client)
  await client.end()
  return state
}

test('of two migrate up at once each does a part, and no company is done twice', { timeout: 120_000 }, async () => {
  const { database, project } = await newProject(beforeUp, 2, 5)
  const runs = [0, 1].map(() => spawnDbsvc([...up.args, '--json'], { cwd: project.directory, timeoutMs: 100_000 }))
  const results = await Promise.all(runs.map((run) => run.exited))
  expect(results.map((result) => [result.exitCode, result.stderr])).toEqual([0, 1].map(() => [0, expect.anything()]))
  const done: Record<string, number> = {}
  for (const result of results) {
    for (const { scope, migration, targets } of result.json<{ steps: Step[] }>().steps) {
      done[`${scope} ${migration}`] = (done[`${scope} ${migration}`] ?? 0) + targets
    }
  }
  expect(Object.values(done).toSorted()).toEqual([1, ...Array(4).fill(companies.length)].toSorted())
  expect(await stateOf(database)).toEqual(afterUp)
})

interface Step {
  readonly scope: string
  readonly migration: string
  readonly targets: number
}

test('a migrate up goes on by itself when the one it waits for is killed', { timeout: 120_000 }, async () => {
  const { database, project } = await newProject(beforeUp, 2, 5)
  let stopped = (): void => {}
  const holding = new Promise<void>((resolve) => {
    stopped = resolve
  })
  const killed = new Promise<void>(() => {})
  const proxy = await startWireProxy(database, {
    at: firstClaim,
    phase: 'after',
    act: () => {
      stopped()
      return killed
    },
  })
  const holder = spawnDbsvc(up.args, {
    cwd: project.directory,
    env: { DBSVC_POSTGRES_PORT: String(proxy.port) },
    timeoutMs: 100_000,
  })
  await holding
  const waiter = spawnDbsvc([...up.args, '--json'], { cwd: project.directory, timeoutMs: 100_000 })
  await waiter.waitFor(/waiting for another run, which has c\d+ .*under way/, 90_000)
  await delay(300)
  holder.kill('SIGKILL')
  await holder.exited
  const result = await waiter.exited
  await proxy.close()
  expect(result.exitCode, result.stderr).toBe(0)
  expect(await stateOf(database)).toEqual(afterUp)
})

test('of two tenant create of the same companies exactly one creates each', { timeout: 180_000 }, async () => {
  const { database, project } = await newProject(beforeCreate, 2, 5)
  const results = await createTwice(project.directory, [...companies], [...companies].reverse())
  expect(results.map((result) => [result.exitCode, result.stderr.slice(0, 2_000)])).toEqual([
    [0, expect.anything()],
    [0, expect.anything()],
  ])
  expect(creatorsOf(results)).toEqual(Object.fromEntries(companies.map((company) => [company, 1])))
  expect(await stateOf(database)).toEqual(afterCreate)
})

test('so it is where all is done in one transaction', { timeout: 120_000 }, async () => {
  const { database, project } = await newProject(beforeCreate, 2, 0)
  await project.write('migrations/postgres/tenant/0001_orders.sql', 'create table orders (id int primary key);')
  const results = await createTwice(project.directory, companies, companies)
  expect(results.map((result) => [result.exitCode, result.stderr.slice(0, 2_000)])).toEqual([
    [0, expect.anything()],
    [0, expect.anything()],
  ])
  expect(creatorsOf(results)).toEqual(Object.fromEntries(companies.map((company) => [company, 1])))
  const { companies: rows, ledger } = await stateOf(database)
  expect(Object.keys(rows).sort()).toEqual(companies)
  expect(ledger.filter((line) => line.startsWith('tenant '))).toHaveLength(companies.length)
})

test('different parameters are refused to the one that came later', { timeout: 120_000 }, async () => {
  const { project } = await newProject(beforeCreate, 2, 0)
  const results = await Promise.all(
    ['free', 'pro'].map(
      (tier) => spawnDbsvc(['tenant', 'create', ...companies, '--tier', tier], { cwd: project.directory }).exited,
    ),
  )
  const refused = results.filter((result) => result.exitCode !== 0)
  for (const result of refused) expect(result.stderr).toMatch(/tier is (free|pro), asked for (free|pro)/)
  expect(refused.length).toBeGreaterThan(0)
})

function createTwice(cwd: string, ...orders: readonly (readonly string[])[]): Promise<DbsvcResult[]> {
  return Promise.all(
    orders.map((ids) => spawnDbsvc(['tenant', 'create', ...ids, '--json'], { cwd, timeoutMs: 150_000 }).exited),
  )
}

/** How many runs say of each company that they created it. */
function creatorsOf(results: readonly DbsvcResult[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const result of results) {
    for (const { company, created } of result.json<{ companies: { company: string; created: boolean }[] }>()
      .companies) {
      counts[company] = (counts[company] ?? 0) + (created ? 1 : 0)
    }
  }
  return counts
}
