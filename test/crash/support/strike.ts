import { setTimeout as delay } from 'node:timers/promises'
import type { TestDatabase } from '../../support/database.ts'
import { type DbsvcResult, type RunningDbsvc, spawnDbsvc } from '../../support/dbsvc.ts'
import { type Interruption, type Request, startWireProxy } from '../../support/wire-proxy.ts'
import { findHalfWay } from './half-way.ts'
import type { Point } from './points.ts'
import type { Reference } from './reference.ts'
import { newProject, type Scenario, succeed } from './scenario.ts'
import { readState, type State } from './state.ts'

/** What an undisturbed run does, and what it leaves. */
export interface Undisturbed {
  readonly requests: readonly Request[]
  readonly durationMs: number
  readonly state: State
}

export interface Struck {
  /** Whether the run was still under way when the blow fell. */
  readonly hit: boolean
  /** How many requests it came to. */
  readonly requests: number
  readonly halfWay: readonly string[]
  readonly result: DbsvcResult
  /** After the run that followed. */
  readonly state: State
}

export async function runUndisturbed(scenario: Scenario, template: TestDatabase | undefined): Promise<Undisturbed> {
  const { database, project } = await newProject(template, 2, 5)
  const proxy = await startWireProxy(database)
  const started = performance.now()
  const env = { DBSVC_POSTGRES_PORT: String(proxy.port) }
  const result = await spawnDbsvc(scenario.args, { cwd: project.directory, env }).exited
  const durationMs = performance.now() - started
  await proxy.close()
  if (result.exitCode !== 0) throw new Error(`the undisturbed run failed\n${result.stderr}`)
  const client = await database.connect()
  const state = await readState(client)
  await client.end()
  return { requests: proxy.requests, durationMs, state }
}

/** Interrupts one run at a point, looks at what it left, and runs the same command again. */
export async function strike(
  scenario: Scenario,
  template: TestDatabase | undefined,
  point: Point,
  reference: Reference,
): Promise<Struck> {
  const { database, project } = await newProject(template, 2, 5)
  let dbsvc: RunningDbsvc | undefined
  let hit = false
  const interruption: Interruption | undefined =
    'request' in point
      ? {
          at: point.request,
          phase: point.phase,
          async act(proxy) {
            hit = true
            if (point.blow === 'cut') return proxy.cut()
            dbsvc?.kill(point.blow === 'kill' ? 'SIGKILL' : 'SIGINT')
            // A signal arrives when it arrives.
            if (point.blow === 'interrupt') return delay(50)
            await dbsvc?.exited
            proxy.cut()
          },
        }
      : undefined
  const proxy = await startWireProxy(database, interruption)
  const env = { DBSVC_POSTGRES_PORT: String(proxy.port) }
  dbsvc = spawnDbsvc(scenario.args, { cwd: project.directory, env })
  if ('afterMs' in point) {
    hit = await Promise.race([dbsvc.exited.then(() => false), delay(point.afterMs, true)])
    dbsvc.kill('SIGKILL')
  }
  const result = await dbsvc.exited
  await proxy.close()

  const client = await database.connect()
  const left = await readState(client)
  const halfWay = scenario.divisible ? [] : findHalfWay(left, reference, scenario)
  const args = scenario.finish === undefined ? scenario.args : await scenario.finish(project)
  if (args !== null) await succeed(project, args)
  const state = await readState(client)
  await client.end()
  return { hit, requests: proxy.requests.length, halfWay, result, state }
}
