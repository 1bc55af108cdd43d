import type { EngineName } from '../../core/engine.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { ExitCode } from '../../core/exit-codes.ts'
import type { MigrationFile } from '../../core/migration/file.ts'
import type { Wave } from '../../core/migration/waves.ts'
import { readTenants } from '../../engines/postgres/migration/ledger.ts'
import { placePending } from '../stores/place-pending.ts'
import { advance, type EngineLane } from './advance.ts'
import type { MigrationDriver } from './drivers/driver.ts'
import type { OpeningEngine } from './opening-engines.ts'
import { endsOf, groupPending, type PendingWork, type UpRequest } from './pending.ts'
import type { Run } from './run.ts'
import { runWaves, type WaveUnderWay } from './wave-run.ts'

/** What one engine has to do, compiled. */
export interface EnginePart {
  readonly work: PendingWork
  readonly compiled: readonly MigrationFile[]
}

export interface EnginesWork {
  /** In the order the engines are taken. */
  readonly parts: readonly EnginePart[]
  readonly waves: readonly Wave[]
  readonly parameters: UpRequest
  readonly opening: ReadonlyMap<EngineName, OpeningEngine>
  /** Lets other runs at the shared scope. */
  readonly release: () => Promise<void>
  /** Engines in which companies have no place yet. */
  readonly unplaced: readonly EngineName[]
}

/** Takes every engine through its shared scope, gives companies the places they lack, then takes the companies wave by wave. */
export async function advanceEngines(run: Run, work: EnginesWork): Promise<void> {
  const { parts, waves, parameters, opening, release, unplaced } = work
  const lanes = new Map<EngineName, EngineLane>()
  for (const { work: pending, compiled } of parts) {
    const { driver } = pending.fleet
    await withEngine(run, driver, async () => {
      const crew = await opening.get(driver.engine)?.ready(run.runId)
      if (crew === undefined) return
      const lane = { driver, crew, compiled }
      lanes.set(driver.engine, lane)
      if (pending.shared !== undefined) await advance(run, lane, pending.shared)
    })
  }
  await release()
  // Companies' migrations may rest on what the shared scope failed to make.
  const ready = parts.filter(({ work: pending }) => isReady(run, pending.fleet.driver.engine))
  for (const { work: pending } of ready) {
    const { driver } = pending.fleet
    if (unplaced.includes(driver.engine)) await withEngine(run, driver, () => placePending(run, driver.engine))
  }
  await runWaves(run, waves, async (wave) => {
    for (const { work: pending } of ready) {
      const lane = lanes.get(pending.fleet.driver.engine)
      if (lane === undefined || wave.stop(0)) continue
      await withEngine(run, lane.driver, () => advanceWave(run, lane, wave, pending, parameters))
    }
  })
}

const isReady = (run: Run, engine: EngineName): boolean =>
  !run.recorder.hasLost(engine) && !run.recorder.hasFailed(engine, 'shared', '')

/** An engine that is gone, and that the others can do without, takes no further part. */
async function withEngine(run: Run, driver: MigrationDriver, work: () => Promise<void>): Promise<void> {
  if (run.recorder.hasLost(driver.engine)) return
  try {
    await work()
  } catch (error) {
    if (!driver.dispensable || !(error instanceof DbsvcError) || !isGone(error)) throw error
    run.recorder.lose(driver.engine, error)
  }
}

const isGone = ({ exitCode }: DbsvcError): boolean => exitCode === ExitCode.Engine

/** Until no company of the wave is behind: another run may have taken some, and have been killed. */
async function advanceWave(
  run: Run,
  lane: EngineLane,
  wave: WaveUnderWay,
  { fleet, waves, histories }: PendingWork,
  parameters: UpRequest,
): Promise<void> {
  const { folders, driver } = fleet
  const own = new Set(waves.flatMap(({ companies }) => [...companies]))
  const narrowed = narrowLane(lane, wave)
  let targets = wave.targets.filter((company) => own.has(company))
  for (let known = histories; targets.length > 0; ) {
    const moved: string[] = []
    for (const group of groupPending(folders, endsOf(folders, parameters), targets, known)) {
      if (run.signal.aborted || wave.stop(0)) break
      moved.push(...(await advance(run, narrowed, group, wave.stop)))
    }
    // Whoever moved them may have failed on the way, or been killed.
    targets = moved.filter((company) => !run.recorder.hasFailed(driver.engine, 'tenant', company))
    if (targets.length === 0 || run.signal.aborted) return
    const tenants = await readTenants(run.session.client, driver.engine, targets)
    known = new Map(tenants.map(({ company, history }) => [company, history]))
    targets = targets.filter((company) => known.has(company))
  }
}

function narrowLane(lane: EngineLane, { connections }: WaveUnderWay): EngineLane {
  return { ...lane, crew: { ...lane.crew, workers: lane.crew.workers.slice(0, connections) } }
}
