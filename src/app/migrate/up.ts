import type { EngineName } from '../../core/engine.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { isEverything } from '../../core/migration/selection.ts'
import type { WavePolicy } from '../../core/migration/waves.ts'
import { extendTimeSeries } from '../../engines/postgres/migration/extend-time-series.ts'
import { findPaused } from '../../engines/postgres/migration/run-list.ts'
import type { Session } from '../session.ts'
import { setUpControlOf, setUpRest } from '../set-up-cluster.ts'
import { findUnplaced, intendEverywhere } from '../stores/intend.ts'
import { advanceEngines } from './advance-engines.ts'
import { digestsOf, type EngineFolders, type FolderDigests, readEngines } from './engines.ts'
import { type EngineFleet, readFleets } from './fleet.ts'
import { holdMigrationLock, holdScopes } from './migration-lock.ts'
import { type OpeningEngine, openEngines } from './opening-engines.ts'
import { compilePending, countBehind, findPending, isNothing, mergeWaves, type UpRequest } from './pending.ts'
import { type PlanFile, requireSamePlan } from './plan-file.ts'
import { refuseReaching } from './refuse-reaching.ts'
import { nothingToDo, type Run, type RunOptions, type RunResult, recordRun } from './run.ts'

export interface UpOptions extends RunOptions, UpRequest {
  /** Refuses to run anything else than this. */
  readonly plan?: PlanFile
}

/** What the record of a run keeps, so that it can be gone on with from another machine. */
export interface UpParameters extends UpRequest {
  readonly waves: readonly WavePolicy[]
  /** As they were when the run began. */
  readonly folders: FolderDigests
}

/**
 * Applies what is pending: the shared scope of every engine first, then every company, wave by wave. Targets that fail leave the
 * others alone, and so does an engine that is gone. Any number of runs may do this at once: they share the companies among them.
 */
export async function migrateUp(session: Session, options: UpOptions): Promise<RunResult> {
  const { engine, to, scope, selection } = options
  const engines = await readEngines(session, options)
  const parameters: UpParameters = {
    selection,
    ...(engine === undefined ? {} : { engine }),
    ...(to === undefined ? {} : { to }),
    ...(scope === undefined ? {} : { scope }),
    waves: session.loaded.config.migrations.waves as readonly WavePolicy[],
    folders: digestsOf(engines),
  }
  return goUp(session, engines, parameters, options)
}

/** The same for a run that is new, or for one that is gone on with. */
export async function goUp(
  session: Session,
  engines: readonly EngineFolders[],
  parameters: UpParameters,
  options: RunOptions & Pick<UpOptions, 'plan'>,
  resume?: string,
): Promise<RunResult> {
  const { client } = session
  await holdMigrationLock(session, 'shared', options)
  const release = await holdScopes(session, options)
  try {
    if (options.plan !== undefined) await requireSamePlan(session, options.plan)
    const warn = (text: string): void => options.onEvent({ type: 'warning', text })
    await setUpControlOf(session, warn)
    if (resume === undefined) await refusePaused(session)
    const names = engines.map(({ driver }) => driver.engine)
    await intendEverywhere(session, names)
    const unplaced = await findUnplaced(session, names)
    const fleets = await readFleets(client, engines)
    // While the rest is looked at and compiled: a new session of a server takes longer than that.
    const opening = openEngines(session, fleets, (fleet) =>
      unplaced.includes(fleet.driver.engine) ? Number.MAX_SAFE_INTEGER : countBehind(fleet, parameters),
    )
    try {
      await setUpRest(session, warn)
      return await advanceFleets(session, fleets, { parameters, options, resume, release, unplaced, opening })
    } finally {
      await closeAll(opening)
    }
  } finally {
    await release().catch(() => {})
  }
}

interface FleetRun {
  readonly parameters: UpParameters
  readonly options: RunOptions
  readonly resume: string | undefined
  /** Lets other runs at the shared scope. */
  readonly release: () => Promise<void>
  /** Engines in which companies have no place yet. */
  readonly unplaced: readonly EngineName[]
  /** What is to work on each engine that has something to do. */
  readonly opening: ReadonlyMap<EngineName, OpeningEngine>
}

async function advanceFleets(
  session: Session,
  fleets: readonly EngineFleet[],
  { parameters, options, resume, release, unplaced, opening }: FleetRun,
): Promise<RunResult> {
  const { client } = session
  if (opening.size === 0 && resume === undefined && isEverything(parameters.selection)) {
    await extendTimeSeries(client)
    return nothingToDo
  }
  const works = await Promise.all(fleets.map((fleet) => findPending(client, fleet, parameters, parameters.waves)))
  if (works.every(isNothing) && unplaced.length === 0 && resume === undefined) {
    await extendTimeSeries(client)
    return nothingToDo
  }
  // Everything is compiled before anything is applied: a file that cannot be loaded stops the run at its start.
  const compiled = await Promise.all(works.map(compilePending))
  for (const [index, work] of works.entries()) {
    await refuseReaching(work, compiled[index] ?? [], session.loaded.config)
  }
  const identity = resume === undefined ? { parameters } : { resume }
  return recordRun(session, identity, options, async (run) => {
    const parts = works.map((work, index) => ({ work, compiled: compiled[index] ?? [] }))
    const waves = mergeWaves(works)
    tellBeginning(run, waves, resume !== undefined)
    await advanceEngines(run, { parts, waves, parameters, opening, release, unplaced })
    await extendTimeSeries(client)
  })
}

const closeAll = async (opening: ReadonlyMap<EngineName, OpeningEngine>): Promise<void> => {
  await Promise.all([...opening.values()].map((engine) => engine.close()))
}

/** @throws DBS-1411 */
async function refusePaused({ client, place }: Session): Promise<void> {
  const paused = await findPaused(client)
  if (paused !== null) throw DbsvcError.of('DBS-1411', { run: paused, place })
}

function tellBeginning(run: Run, waves: ReturnType<typeof mergeWaves>, resumed: boolean): void {
  run.onEvent({
    type: 'started',
    runId: run.runId,
    resumed,
    waves: waves.map(({ policy, companies }) => ({ name: policy.name, targets: companies.size })),
  })
}
