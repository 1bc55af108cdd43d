import { digestHistory } from '../../core/migration/history.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import { countUpTo } from '../../core/migration/select.ts'
import { type CompiledMigration, compileMigrations } from '../../engines/postgres/migration/compile.ts'
import { readGroupMembers } from '../../engines/postgres/migration/ledger.ts'
import type { Session } from '../session.ts'
import { type FleetGroup, type Folders, readFleet, readFolders } from './fleet.ts'
import { type RunOptions, type RunRecorder, type RunResult, recordRun, withMigrationLock } from './run.ts'
import { type Step, takeStep } from './step.ts'
import { advance } from './up.ts'
import { withWorkers } from './workers.ts'

export interface DownOptions extends RunOptions {
  readonly scope: ProjectScope
  /** How far back: so many migrations of each target, or to where this version is the last one applied; '0' undoes all. */
  readonly back: { readonly steps: number } | { readonly to: string }
}

/** Undoes migrations, last one first, on every target of a scope. */
export async function migrateDown(session: Session, options: DownOptions): Promise<RunResult> {
  return undo(session, options, false)
}

/** Undoes the last migration of every target and applies it again. */
export async function migrateRedo(
  session: Session,
  options: RunOptions & { readonly scope: ProjectScope },
): Promise<RunResult> {
  return undo(session, { ...options, back: { steps: 1 } }, true)
}

async function undo(session: Session, options: DownOptions, again: boolean): Promise<RunResult> {
  const folders = await readFolders(session.project)
  const files = folders[options.scope]
  return withMigrationLock(session, options, async () => {
    const keep = keeper(folders, options)
    const fleet = (await readFleet(session.client, folders)).filter(
      (group) => group.scope === options.scope && keep(group.applied) < group.applied,
    )
    if (fleet.length === 0) return { runId: null, steps: [], completed: 0, failures: [], skipped: 0 }
    const names = new Set(
      fleet.flatMap((group) => files.slice(keep(group.applied), group.applied).map((file) => file.name)),
    )
    const down = await compileMigrations(files, names, 'down')
    const up = again ? await compileMigrations(files, names, 'up') : []
    // Looked up before anything moves: a target that comes down to where others stand must not go down with them again.
    const members = new Map<FleetGroup, string[]>()
    for (const group of fleet) members.set(group, await readGroupMembers(session.client, group.scope, group.history))
    return recordRun(session, options, async (runId, recorder) => {
      for (const [group, targets] of members) {
        if (options.signal.aborted) break
        const span = files.slice(keep(group.applied), group.applied).map((file) => file.name)
        const pick = (from: readonly CompiledMigration[]): CompiledMigration[] =>
          from.filter((one) => span.includes(one.name))
        await retreat(session, runId, { group, targets }, pick(down), folders, options, recorder)
        if (!again) continue
        const reached = files.slice(0, keep(group.applied))
        const back: FleetGroup = { ...group, history: digestHistory(reached), applied: reached.length }
        await advance(session, runId, back, pick(up), options, recorder, new Set(targets))
      }
    })
  })
}

/** How many migrations a target that has `applied` of them keeps. */
function keeper(folders: Folders, { back, scope }: DownOptions): (applied: number) => number {
  if ('steps' in back) return (applied) => Math.max(0, applied - back.steps)
  const end = /^0+$/.test(back.to) ? 0 : countUpTo(folders, [scope], back.to)[scope]
  return (applied) => Math.min(applied, end)
}

async function retreat(
  session: Session,
  runId: string,
  { group, targets: members }: { readonly group: FleetGroup; readonly targets: readonly string[] },
  migrations: readonly CompiledMigration[],
  folders: Folders,
  options: RunOptions,
  recorder: RunRecorder,
): Promise<void> {
  const files = folders[group.scope]
  let targets = members
  let { applied } = group
  await withWorkers(session, runId, targets.length, async (workers) => {
    for (const migration of migrations.toReversed()) {
      if (targets.length === 0 || options.signal.aborted) return
      const history = digestHistory(files.slice(0, applied))
      const previous = {
        version: files[applied - 2]?.version ?? '',
        history: digestHistory(files.slice(0, applied - 1)),
      }
      const position = applied
      const work: Step['work'] = (worker, companies) =>
        worker.revert({ scope: group.scope, companies, history, applied: position }, migration, previous)
      targets = await takeStep(session, workers, { direction: 'down', migration, targets, work }, options, recorder)
      applied -= 1
    }
  })
}
