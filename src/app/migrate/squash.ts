import { DbsvcError } from '../../core/errors/error.ts'
import { compareMigrations, type MigrationFile } from '../../core/migration/file.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import { countUpTo } from '../../core/migration/select.ts'
import { baselineName, movesFor, parseSquashed, splitAt } from '../../core/migration/squash.ts'
import { targetName } from '../../engines/engine.ts'
import { compileMigrations } from '../../engines/postgres/migration/compile.ts'
import type { TargetGroup } from '../../engines/postgres/migration/ledger.ts'
import { readBaseline, squashLedger } from '../../engines/postgres/migration/squash-ledger.ts'
import { migrationFolder } from '../project.ts'
import type { Session } from '../session.ts'
import { readFleet } from './fleet.ts'
import { readFolders } from './folders.ts'
import { withMigrationLock } from './migration-lock.ts'
import { checkBaseline, proveBaseline } from './prove-baseline.ts'
import { type RunOptions, recordRun } from './run.ts'
import { readBaselineText, readSquashFolder, type SquashFolder, settleFiles } from './squash-files.ts'

export interface SquashOptions extends RunOptions {
  readonly scope: ProjectScope
  /** The last version that goes into the baseline. */
  readonly to: string
}

export interface SquashResult {
  /** The baseline in its folder, absolute; null when there was nothing to squash. */
  readonly baseline: string | null
  /** Names of the migrations it stands for. */
  readonly squashed: readonly string[]
  /** How many targets now have it; fewer than the fleet where an earlier run was cut off. */
  readonly targets: number
}

/**
 * Makes one baseline of the first migrations of a scope, proven to make the same structure, and rewrites the ledger to it.
 *
 * The order makes a cut harmless. First the baseline is written where the loader does not look; then the ledger moves, in one
 * transaction; then the files are renamed. Cut before the commit, nothing has happened but a file that the next run writes
 * again. Cut after it, ledger and folder disagree and every other command refuses to run (DBS-1402); the next run finds the
 * baseline in the ledger and its file, which says by itself what it stands for, moves targets that came meanwhile and goes on
 * with the files.
 * @throws DBS-1305, DBS-1421, DBS-1422, DBS-1423
 */
export async function squashMigrations(session: Session, options: SquashOptions): Promise<SquashResult> {
  const { project } = session
  if (project.shippedMigrations) {
    throw DbsvcError.of('DBS-1304', { file: project.migrations, reason: 'this is the schema that ships with dbsvc' })
  }
  return withMigrationLock(session, options, async () => {
    const folder = await readSquashFolder(migrationFolder(project, 'postgres', options.scope), options.scope)
    const baseline = (await findStarted(session, folder, options)) ?? (await start(session, folder, options))
    if (baseline === undefined) return { baseline: null, squashed: [], targets: 0 }
    return finish(session, folder, baseline, options)
  })
}

/**
 * The baseline of a run that came as far as the ledger, here or on another cluster with the same folder: only then is it in
 * its place. @throws DBS-1402 when its file is gone, DBS-1422 when the one that came is not equal to what came with it
 */
async function findStarted(
  session: Session,
  folder: SquashFolder,
  { scope, to }: SquashOptions,
): Promise<MigrationFile | undefined> {
  const all = [...folder.files, ...folder.parked]
  const last = all.find((file) => file.name === to || (/^\d+$/.test(to) && BigInt(file.version) === BigInt(to)))
  if (last === undefined) return undefined
  const recorded = await readBaseline(session.client, scope, baselineName(last.version))
  if (recorded === undefined) {
    const placed = folder.files.find(({ name }) => name === baselineName(last.version))
    return placed === undefined ? undefined : takeOver(session, folder, placed, scope)
  }
  const file = all.find(({ name, checksum }) => name === recorded.name && checksum === recorded.checksum)
  if (file === undefined) throw DbsvcError.of('DBS-1402', { target: scope, name: recorded.name })
  return file
}

async function takeOver(
  session: Session,
  { parked }: SquashFolder,
  placed: MigrationFile,
  scope: ProjectScope,
): Promise<MigrationFile | undefined> {
  const squashed = parseSquashed(await readBaselineText(placed))
  if (squashed.length === 0) return undefined
  const files = squashed.flatMap(
    (one) => parked.find((file) => file.name === one.name && file.checksum === one.checksum) ?? [],
  )
  if (files.length === squashed.length) await checkBaseline(session, scope, placed, files)
  return placed
}

async function start(
  session: Session,
  folder: SquashFolder,
  { scope, to }: SquashOptions,
): Promise<MigrationFile | undefined> {
  const folders = await readFolders(session.project)
  const end = countUpTo(folders, [scope], to)[scope]
  const squashed = folder.files.slice(0, end)
  const version = squashed.at(-1)?.version ?? to
  const fleet = await readFleet(session.client, folders)
  refuseBehind(
    scope,
    version,
    fleet.filter((group) => group.scope === scope && group.applied < end),
  )
  if (squashed.length < 2) return undefined
  await requirePlace(folder, squashed)
  return proveBaseline(session, scope, folder, squashed)
}

/** The baseline must come where the squashed files were, and what comes after must not need them. @throws DBS-1302 */
async function requirePlace({ files }: SquashFolder, squashed: readonly MigrationFile[]): Promise<void> {
  const last = squashed.at(-1)
  const next = files[squashed.length]
  if (last === undefined || next === undefined) return
  const baseline = { name: baselineName(last.version), version: last.version }
  if (compareMigrations(baseline, next) >= 0) {
    throw DbsvcError.of('DBS-1302', {
      file: next.path,
      reason: `${baseline.name} would come after it; squash to its version`,
    })
  }
  const later = files.slice(squashed.length)
  const names = new Set(later.map((file) => file.name))
  const [before, after] = [await compileMigrations(files, names, 'up'), await compileMigrations(later, names, 'up')]
  const changed = after.find((file, index) => JSON.stringify(file.sql) !== JSON.stringify(before[index]?.sql))
  if (changed === undefined) return
  throw DbsvcError.of('DBS-1302', { file: changed.path, reason: 'it uses shorthands of a file that would be squashed' })
}

async function finish(
  session: Session,
  folder: SquashFolder,
  baseline: MigrationFile,
  options: SquashOptions,
): Promise<SquashResult> {
  const { scope } = options
  const squashed = parseSquashed(await readBaselineText(baseline))
  const { before, after } = splitAt(folder.files, baseline, squashed)
  let targets = 0
  await recordRun(session, { parameters: { scope, baseline: baseline.name } }, options, async ({ runId, recorder }) => {
    const started = performance.now()
    const moves = movesFor(squashed, baseline, after)
    const done = await squashLedger(session.client, { scope, squashed, baseline, moves, runId }, (others) =>
      refuseBehind(scope, baseline.version, others),
    )
    targets = done.length
    const durationMs = Math.round(performance.now() - started)
    recorder.add(
      { engine: 'postgres', direction: 'squash', scope, migration: baseline.name, durationMs },
      { done, failures: [], moved: [], skipped: [] },
    )
    await settleFiles(folder, baseline, before)
  })
  const settled = await readSquashFolder(folder.directory, scope)
  const path = settled.files.find(({ name }) => name === baseline.name)?.path ?? null
  const nothingDone = targets === 0 && before.length === 0 && baseline.path === path
  return { baseline: nothingDone ? null : path, squashed: squashed.map(({ name }) => name), targets }
}

function refuseBehind(scope: ProjectScope, version: string, groups: readonly TargetGroup[]): void {
  const [first] = groups
  if (first === undefined) return
  const behind = groups.reduce((sum, group) => sum + group.targets, 0)
  throw DbsvcError.of('DBS-1421', { version, scope, behind, example: targetName(scope, first.example) })
}
