import { digestHistory } from '../../core/migration/history.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import { type Selection, selectFrom } from '../../core/migration/selection.ts'
import { type Back, type Retreat, retreatOf, type UndoRequest } from '../../core/migration/undo.ts'
import { assignWaves, type Wave, type WavePolicy } from '../../core/migration/waves.ts'
import { type CompiledMigration, compileMigrations } from '../../engines/postgres/migration/compile.ts'
import { readTenants } from '../../engines/postgres/migration/ledger.ts'
import { readUndone } from '../../engines/postgres/migration/run-record.ts'
import type { Session } from '../session.ts'
import { advance, compiledOf } from './advance.ts'
import { type FleetGroup, type Folders, readFleet, readFolders } from './fleet.ts'
import { withMigrationLock } from './migration-lock.ts'
import { nothingToDo, type Run, type RunOptions, type RunResult, recordRun } from './run.ts'
import { takeStep } from './step.ts'
import { digestsOf, type UpParameters } from './up.ts'
import { runWaves, type WaveUnderWay } from './wave-run.ts'
import { withWorkers } from './workers.ts'

export interface DownOptions extends RunOptions {
  readonly scope: ProjectScope
  readonly selection: Selection
  readonly back: Back
}

/** What the record of a run keeps, so that it can be gone on with from another machine. */
export interface UndoParameters extends UndoRequest {
  readonly selection: Selection
  readonly waves: readonly WavePolicy[]
  readonly folders: UpParameters['folders']
}

/** Undoes migrations, last one first, on every target of a scope. */
export function migrateDown(session: Session, options: DownOptions): Promise<RunResult> {
  return undo(session, { ...options, again: false }, options)
}

/** Undoes the last migration of every target and applies it again. */
export function migrateRedo(session: Session, options: Omit<DownOptions, 'back'>): Promise<RunResult> {
  return undo(session, { ...options, back: { steps: 1 }, again: true }, options)
}

async function undo(
  session: Session,
  { scope, back, again, selection }: UndoRequest & { readonly selection: Selection },
  options: RunOptions,
): Promise<RunResult> {
  const folders = await readFolders(session.project)
  const waves = session.loaded.config.migrations.waves as readonly WavePolicy[]
  return goDown(session, folders, { scope, back, again, selection, waves, folders: digestsOf(folders) }, options)
}

/** The same for a run that is new, or for one that is gone on with. */
export function goDown(
  session: Session,
  folders: Folders,
  parameters: UndoParameters,
  options: RunOptions,
  resume?: string,
): Promise<RunResult> {
  const files = folders[parameters.scope]
  return withMigrationLock(session, options, async () => {
    const { waves, retreats } = await findRetreats(session, folders, parameters, resume)
    if (waves.length === 0 && resume === undefined) return nothingToDo
    const names = new Set(
      [...retreats.values()].flatMap(({ applied, keep, end }) =>
        files.slice(keep, Math.max(applied, end)).map((file) => file.name),
      ),
    )
    const down = await compileMigrations(files, names, 'down')
    const up = parameters.again ? await compileMigrations(files, names, 'up') : []
    const most = Math.max(0, ...waves.map(({ companies }) => companies.size))
    return recordRun(session, resume === undefined ? { parameters } : { resume }, options, (run) =>
      withWorkers(session, run.runId, most, (crew) =>
        runWaves(run, crew, parameters.scope, waves, async (wave) => {
          for (const group of groupRetreats(wave.targets, retreats)) {
            if (run.signal.aborted || wave.stop(0)) return
            const targets = await retreat(run, wave, group, down, folders, parameters.scope)
            await raise(run, wave, { ...group, targets }, up, folders, parameters.scope)
          }
        }),
      ),
    )
  })
}

/** What is left to do for each target, and in which order. The shared scope is a wave of one target without a name. */
async function findRetreats(
  session: Session,
  folders: Folders,
  parameters: UndoParameters,
  resume: string | undefined,
): Promise<{ waves: readonly Wave[]; retreats: ReadonlyMap<string, Retreat> }> {
  const { scope, selection } = parameters
  const fleet = (await readFleet(session.client, folders)).filter((group) => group.scope === scope)
  const undone = resume === undefined ? new Map<string, Set<string>>() : await readUndone(session.client, resume, scope)
  const retreats = new Map<string, Retreat>()
  const add = (company: string, history: string): void => {
    const applied = appliedOf(fleet, history)
    const found = retreatOf(folders, parameters, applied, undone.get(company) ?? new Set())
    if (found !== undefined) retreats.set(company, found)
  }
  if (scope === 'shared') {
    for (const { history } of fleet) add('', history)
    const waves = retreats.size === 0 ? [] : [{ policy: { name: scope }, companies: new Set(['']) }]
    return { waves, retreats }
  }
  const tenants = await readTenants(session.client)
  for (const { company, history } of tenants) add(company, history)
  const waves = selectFrom(assignWaves(tenants, parameters.waves), selection)
    .map(({ policy, companies }) => ({
      policy,
      companies: new Set([...companies].filter((company) => retreats.has(company)).sort()),
    }))
    .filter(({ companies }) => companies.size > 0)
  return { waves, retreats }
}

const appliedOf = (fleet: readonly FleetGroup[], history: string): number =>
  fleet.find((group) => group.history === history)?.applied ?? 0

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
  { crew, stop }: WaveUnderWay,
  { applied: start, keep, targets: members }: RetreatGroup,
  migrations: readonly CompiledMigration[],
  folders: Folders,
  scope: ProjectScope,
): Promise<readonly string[]> {
  const files = folders[scope]
  let targets = members
  for (let applied = start; applied > keep; applied -= 1) {
    const file = files[applied - 1]
    if (file === undefined || targets.length === 0 || run.signal.aborted) return []
    const migration = compiledOf(migrations, file)
    const origin = { scope, history: digestHistory(files.slice(0, applied)), applied }
    const previous = {
      version: files[applied - 2]?.version ?? '',
      history: digestHistory(files.slice(0, applied - 1)),
    }
    const result = await takeStep(run, crew, {
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
  { crew, stop }: WaveUnderWay,
  { keep, end, targets }: RetreatGroup,
  migrations: readonly CompiledMigration[],
  folders: Folders,
  scope: ProjectScope,
): Promise<void> {
  if (end === keep || targets.length === 0) return
  const files = folders[scope]
  const pending = files.slice(keep, end)
  await advance(
    run,
    crew,
    { scope, history: digestHistory(files.slice(0, keep)), applied: keep, targets, pending },
    migrations,
    stop,
  )
}
