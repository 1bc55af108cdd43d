import { DbsvcError } from '../../core/errors/error.ts'
import { digestHistory } from '../../core/migration/history.ts'
import { isEverything } from '../../core/migration/selection.ts'
import type { WavePolicy } from '../../core/migration/waves.ts'
import type { CompiledMigration } from '../../engines/postgres/migration/compile.ts'
import { extendTimeSeries } from '../../engines/postgres/migration/extend-time-series.ts'
import { readTenants } from '../../engines/postgres/migration/ledger.ts'
import { findPaused } from '../../engines/postgres/migration/run-list.ts'
import type { Session } from '../session.ts'
import { setUpCluster } from '../set-up-cluster.ts'
import { advance } from './advance.ts'
import { type FleetGroup, type Folders, readFleet, readFolders } from './fleet.ts'
import { holdMigrationLock, holdScopes } from './migration-lock.ts'
import {
  compilePending,
  countBehind,
  endsOf,
  findPending,
  groupPending,
  isNothing,
  type PendingWork,
  type UpRequest,
} from './pending.ts'
import { type PlanFile, requireSamePlan } from './plan-file.ts'
import { nothingToDo, type Run, type RunOptions, type RunResult, recordRun } from './run.ts'
import { runWaves, type WaveUnderWay } from './wave-run.ts'
import { type Crew, openCrew } from './workers.ts'

export interface UpOptions extends RunOptions, UpRequest {
  /** Refuses to run anything else than this. */
  readonly plan?: PlanFile
}

/** What the record of a run keeps, so that it can be gone on with from another machine. */
export interface UpParameters extends UpRequest {
  readonly waves: readonly WavePolicy[]
  /** Where the folders led when the run began, by digest. */
  readonly folders: { readonly shared: string; readonly tenant: string }
}

/**
 * Applies what is pending: the shared scope first, then every company, wave by wave. Targets that fail leave the others alone.
 * Any number of runs may do this at once: they share the companies among them.
 */
export async function migrateUp(session: Session, options: UpOptions): Promise<RunResult> {
  const { to, scope, selection } = options
  const folders = await readFolders(session.project)
  const parameters: UpParameters = {
    selection,
    ...(to === undefined ? {} : { to }),
    ...(scope === undefined ? {} : { scope }),
    waves: session.loaded.config.migrations.waves as readonly WavePolicy[],
    folders: digestsOf(folders),
  }
  return goUp(session, folders, parameters, options)
}

export const digestsOf = (folders: Folders): UpParameters['folders'] => ({
  shared: digestHistory(folders.shared),
  tenant: digestHistory(folders.tenant),
})

/** The same for a run that is new, or for one that is gone on with. */
export async function goUp(
  session: Session,
  folders: Folders,
  parameters: UpParameters,
  options: RunOptions & Pick<UpOptions, 'plan'>,
  resume?: string,
): Promise<RunResult> {
  const { client } = session
  await holdMigrationLock(session, 'shared', options)
  const release = await holdScopes(session, options)
  try {
    if (options.plan !== undefined) await requireSamePlan(session, options.plan)
    await setUpCluster(session, (text) => options.onEvent({ type: 'warning', text }))
    if (resume === undefined) await refusePaused(session)
    const fleet = await readFleet(client, folders)
    if (
      countBehind(fleet, endsOf(folders, parameters)) === 0 &&
      resume === undefined &&
      isEverything(parameters.selection)
    ) {
      await extendTimeSeries(client)
      return nothingToDo
    }
    return await advanceFleet(session, folders, fleet, { parameters, options, resume, release })
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
}

async function advanceFleet(
  session: Session,
  folders: Folders,
  fleet: readonly FleetGroup[],
  { parameters, options, resume, release }: FleetRun,
): Promise<RunResult> {
  const { client } = session
  // While the rest is found out and compiled: a new session of the server takes longer than that.
  const opening = openCrew(session, countBehind(fleet, endsOf(folders, parameters)))
  try {
    const work = await findPending(client, folders, fleet, parameters, parameters.waves)
    if (isNothing(work) && resume === undefined) {
      await extendTimeSeries(client)
      return nothingToDo
    }
    // Everything is compiled before anything is applied: a file that cannot be loaded stops the run at its start.
    const compiled = await compilePending(folders, work)
    return await recordRun(session, resume === undefined ? { parameters } : { resume }, options, async (run) => {
      tellBeginning(run, work, resume !== undefined)
      const crew = await opening.ready(run.runId)
      if (work.shared !== undefined) await advance(run, crew, work.shared, compiled)
      await release()
      if (run.recorder.failures.length === 0) await advanceTenants(run, crew, folders, parameters, work, compiled)
      await extendTimeSeries(client)
    })
  } finally {
    await opening.close()
  }
}

/** @throws DBS-1411 */
async function refusePaused({ client, place }: Session): Promise<void> {
  const paused = await findPaused(client)
  if (paused !== null) throw DbsvcError.of('DBS-1411', { run: paused, place })
}

function tellBeginning(run: Run, { waves }: PendingWork, resumed: boolean): void {
  run.onEvent({
    type: 'started',
    runId: run.runId,
    resumed,
    waves: waves.map(({ policy, companies }) => ({ name: policy.name, targets: companies.size })),
  })
}

async function advanceTenants(
  run: Run,
  crew: Crew,
  folders: Folders,
  request: UpRequest,
  { waves, histories }: PendingWork,
  compiled: readonly CompiledMigration[],
): Promise<void> {
  const ends = endsOf(folders, request)
  await runWaves(run, crew, 'tenant', waves, async (wave) => {
    for (let known = histories, { targets } = wave; targets.length > 0; ) {
      const moved = await advanceWave(run, wave, groupPending(folders, ends, targets, known), compiled)
      // Whoever moved them may have failed on the way, or been killed.
      targets = moved.filter((company) => !run.recorder.hasFailed('tenant', company))
      if (targets.length === 0 || run.signal.aborted) return
      const tenants = await readTenants(run.session.client, targets)
      known = new Map(tenants.map(({ company, history }) => [company, history]))
      targets = targets.filter((company) => known.has(company))
    }
  })
}

async function advanceWave(
  run: Run,
  { crew, stop }: WaveUnderWay,
  groups: ReturnType<typeof groupPending>,
  compiled: readonly CompiledMigration[],
): Promise<string[]> {
  const moved: string[] = []
  for (const group of groups) {
    if (run.signal.aborted || stop(0)) break
    moved.push(...(await advance(run, crew, group, compiled, stop)))
  }
  return moved
}
