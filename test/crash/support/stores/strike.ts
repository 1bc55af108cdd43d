import { type DbsvcResult, type RunningDbsvc, spawnDbsvc } from '../../../support/dbsvc.ts'
import type { Numbered, RequestProxy } from '../../../support/request-proxy.ts'
import { startRequestProxy } from '../../../support/request-proxy.ts'
import { startWireProxy } from '../../../support/wire-proxy.ts'
import { succeed } from '../scenario.ts'
import type { Fixture } from './fixture.ts'
import type { KillableStore } from './killable.ts'
import type { StorePoint, StoreScenario } from './scenario.ts'
import { findHalfLetIn, readStoreState, type StoreState } from './state.ts'

/** What an undisturbed run does, and what it leaves. */
export interface UndisturbedStore {
  readonly requests: { readonly store: number; readonly postgres: number }
  readonly state: StoreState
}

export interface StruckStore {
  readonly hit: boolean
  /** How many requests to PostgreSQL it came to. */
  readonly requests: number
  readonly halfWay: readonly string[]
  readonly result: DbsvcResult
  /** After the run that followed. */
  readonly state: StoreState
}

export async function runUndisturbed(fixture: Fixture, scenario: StoreScenario): Promise<UndisturbedStore> {
  const { database, project } = await fixture.begin(scenario.start)
  const store = await startRequestProxy(endpointOf(fixture), fixture.harness.framing)
  const postgres = await startWireProxy(database)
  const env = environmentOf(fixture, store, postgres)
  const result = await spawnDbsvc(scenario.args, { cwd: project.directory, env }).exited
  await Promise.all([store.close(), postgres.close()])
  if (result.exitCode !== 0) throw new Error(`the undisturbed run failed\n${result.stdout}${result.stderr}`)
  const client = await database.connect()
  const state = await readStoreState(fixture, scenario, client, project)
  await client.end()
  return { requests: { store: store.requests.length, postgres: postgres.requests.length }, state }
}

/** Strikes one run at a point, or the server instead where one is given, looks at what it left, and runs the same command again without anything in between. */
export async function strike(
  fixture: Fixture,
  scenario: StoreScenario,
  point: StorePoint,
  killable?: KillableStore,
): Promise<StruckStore> {
  const { database, project } = await fixture.begin(scenario.start)
  let dbsvc: RunningDbsvc | undefined
  let hit = false
  const interruption = {
    at: point.request,
    phase: point.phase,
    async act(proxy: Pick<RequestProxy, 'cut'>) {
      hit = true
      if (killable !== undefined) return killable.kill()
      if (point.blow === 'cut') return proxy.cut()
      dbsvc?.kill('SIGKILL')
      await dbsvc?.exited
      proxy.cut()
    },
  }
  const store = await startRequestProxy(
    endpointOf(fixture),
    fixture.harness.framing,
    point.on === 'store' ? interruption : undefined,
  )
  const postgres = await startWireProxy(database, point.on === 'postgres' ? interruption : undefined)
  dbsvc = spawnDbsvc(scenario.args, { cwd: project.directory, env: environmentOf(fixture, store, postgres) })
  const result = await dbsvc.exited
  await Promise.all([store.close(), postgres.close()])
  if (hit && killable !== undefined) await fixture.reconnect(await killable.start())

  const client = await database.connect()
  const halfWay = await findHalfLetIn(fixture, scenario, client)
  const args = scenario.finish === undefined ? scenario.args : await scenario.finish(project)
  if (args !== null) await succeed(project, args)
  const state = await readStoreState(fixture, scenario, client, project)
  await client.end()
  return { hit, requests: postgres.requests.length, halfWay, result, state }
}

function endpointOf({ server }: Fixture): { host: string; port: number } {
  const { hostname, port } = new URL(server.url)
  return { host: hostname, port: Number(port) }
}

function environmentOf(
  { harness, server }: Fixture,
  store: RequestProxy<Numbered>,
  postgres: { readonly port: number },
): Record<string, string> {
  const url = new URL(server.url)
  return {
    [harness.urlVariable]: `${url.protocol}//127.0.0.1:${store.port}`,
    DBSVC_POSTGRES_PORT: String(postgres.port),
  }
}
