import type { EngineName } from '../../core/engine.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { digestHistory } from '../../core/migration/history.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import { type Selection, selectFrom } from '../../core/migration/selection.ts'
import { type Back, type Retreat, retreatOf, type UndoRequest } from '../../core/migration/undo.ts'
import { assignWaves, type Wave, type WavePolicy } from '../../core/migration/waves.ts'
import { readTenants } from '../../engines/postgres/migration/ledger.ts'
import { readUndone } from '../../engines/postgres/migration/run-record.ts'
import type { Session } from '../session.ts'
import { advance, compiledOf, type EngineLane } from './advance.ts'
import { digestsOf, type EngineFolders, type FolderDigests, readEngines } from './engines.ts'
import { type EngineFleet, readFleets } from './fleet.ts'
import type { Folders } from './folders.ts'
import { withMigrationLock } from './migration-lock.ts'
import { nothingToDo, type Run, type RunOptions, type RunResult, recordRun } from './run.ts'
import { takeStep } from './step.ts'
import { runWaves, type WaveUnderWay } from './wave-run.ts'

export interface DownOptions extends RunOptions {
  readonly engine: EngineName
  readonly scope: ProjectScope
  readonly selection: Selection
  readonly back: Back
}

/** What the record of a run keeps, so that it can be gone on with from another machine. */
export interface UndoParameters extends UndoRequest {
  readonly engine: EngineName
  readonly selection: Selection
  readonly waves: readonly WavePolicy[]
  readonly folders: FolderDigests
}

/** Undoes migrations, last one first, on every target of a scope in one engine. */
export function migrateDown(session: Session, options: DownOptions): Promise<RunResult> {
  return undo(session, { ...options, again: false }, options)
}

/** Undoes the last migration of every target and applies it again. */
export function migrateRedo(session: Session, options: Omit<DownOptions, 'back'>): Promise<RunResult> {
  return undo(session, { ...options, back: { steps: 1 }, again: true }, options)
}

async function undo(
  session: Session,
  { engine, scope, back, again, selection }: UndoRequest & Pick<DownOptions, 'engine' | 'selection'>,
  options: RunOptions,
): Promise<RunResult> {
  const engines = await readEngines(session, { engine })
  const waves = session.loaded.config.migrations.waves as readonly WavePolicy[]
  const parameters = { engine, scope, back, again, selection, waves, folders: digestsOf(engines) }
  return goDown(session, engines, parameters, options)
}

/** The same for a run that is new, or for one that is gone on with. @throws DBS-1903 for an engine that is not configured */
export function goDown(
  session: Session,
  engines: readonly EngineFolders[],
  parameters: UndoParameters,
  options: RunOptions,
  resume?: string,
): Promise<RunResult> {
  return withMigrationLock(session, options, async () => {
    const [fleet] = await readFleets(session.client, engines)
    if (fleet === undefined) {
      throw DbsvcError.of('DBS-1903', { reason: `the configuration names no ${parameters.engine}` })
    }
    const { driver, folders } = fleet
    const files = folders[parameters.scope]
    const { waves, retreats } = await findRetreats(session, fleet, parameters, resume)
    if (waves.length === 0 && resume === undefined) return nothingToDo
    const names = new Set(
      [...retreats.values()].flatMap(({ applied, keep, end }) =>
        files.slice(keep, Math.max(applied, end)).map((file) => file.name),
      ),
    )
    const down = await driver.compile(files, names, 'down')
    const up = parameters.again ? await driver.compile(files, names, 'up') : []
    const opening = driver.openCrew(session, Math.max(0, ...waves.map(({ companies }) => companies.size)))
    try {
      return await recordRun(session, resume === undefined ? { parameters } : { resume }, options, async (run) => {
        const crew = await opening.ready(run.runId)
        await runWaves(run, waves, async (wave) => {
          const workers = crew.workers.slice(0, wave.connections)
          const lane = { driver, crew: { ...crew, workers }, compiled: down }
          for (const group of groupRetreats(wave.targets, retreats)) {
            if (run.signal.aborted || wave.stop(0)) return
            const targets = await retreat(run, lane, wave, group, folders, parameters.scope)
            await raise(run, { ...lane, compiled: up }, wave, { ...group, targets }, folders, parameters.scope)
          }
        })
      })
    } finally {
      await opening.close()
    }
  })
}

/** What is left to do for each target, and in which order. The shared scope is a wave of one target without a name. */
async function findRetreats(
  session: Session,
  { driver, folders, groups }: EngineFleet,
  parameters: UndoParameters,
  resume: string | undefined,
): Promise<{ waves: readonly Wave[]; retreats: ReadonlyMap<string, Retreat> }> {
  const { scope, selection } = parameters
  const own = groups.filter((group) => group.scope === scope)
  const undone =
    resume === undefined
      ? new Map<string, Set<string>>()
      : await readUndone(session.client, resume, driver.engine, scope)
  const retreats = new Map<string, Retreat>()
  const add = (company: string, history: string): void => {
    const applied = own.find((group) => group.history === history)?.applied ?? 0
    const found = retreatOf(folders, parameters, applied, undone.get(company) ?? new Set())
    if (found !== undefined) retreats.set(company, found)
  }
  if (scope === 'shared') {
    for (const { history } of own) add('', history)
    const waves = retreats.size === 0 ? [] : [{ policy: { name: scope }, companies: new Set(['']) }]
    return { waves, retreats }
  }
  const tenants = await readTenants(session.client, driver.engine)
  for (const { company, history } of tenants) add(company, history)
  const waves = selectFrom(assignWaves(tenants, parameters.waves), selection)
    .map(({ policy, companies }) => ({
      policy,
      companies: new Set([...companies].filter((company) => retreats.has(company)).sort()),
    }))
    .filter(({ companies }) => companies.size > 0)
  return { waves, retreats }
}

interface RetreatGroup extends Retreat {
  readonly targets: readonly string[]
}

function groupRetreats(targets: readonly string[], retreats: ReadonlyMap<string, Retreat>): RetreatGroup[] {
  const groups = Map.groupBy(targets, (target) => JSON.stringify(retreats.get(target)))
  return [...groups].map(([retreat, members]) => ({ ...(JSON.parse(retreat) as Retreat), targets: members }))
}

/** @returns the targets that came all the way down */
async function retreat(
  run: Run,
  { driver, crew, compiled }: EngineLane,
  { stop }: WaveUnderWay,
  { applied: start, keep, targets: members }: RetreatGroup,
  folders: Folders,
  scope: ProjectScope,
): Promise<readonly string[]> {
  const files = folders[scope]
  let targets = members
  for (let applied = start; applied > keep; applied -= 1) {
    const file = files[applied - 1]
    if (file === undefined || targets.length === 0 || run.signal.aborted) return []
    const migration = compiledOf(compiled, file)
    const origin = { engine: driver.engine, scope, history: digestHistory(files.slice(0, applied)), applied }
    const previous = {
      version: files[applied - 2]?.version ?? '',
      history: digestHistory(files.slice(0, applied - 1)),
    }
    const result = await takeStep(run, driver, crew, {
      direction: 'down',
      migration,
      targets,
      work: (worker, companies) => worker.revert({ ...origin, companies }, migration, previous),
      stop,
    })
    targets = [...result.done].sort()
  }
  return targets
}

async function raise(
  run: Run,
  lane: EngineLane,
  { stop }: WaveUnderWay,
  { keep, end, targets }: RetreatGroup,
  folders: Folders,
  scope: ProjectScope,
): Promise<void> {
  if (end === keep || targets.length === 0) return
  const files = folders[scope]
  const pending = files.slice(keep, end)
  const group = { scope, history: digestHistory(files.slice(0, keep)), applied: keep, targets, pending }
  await advance(run, lane, group, stop)
}
