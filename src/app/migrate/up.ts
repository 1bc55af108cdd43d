import { DbsvcError } from '../../core/errors/error.ts'
import type { MigrationFile } from '../../core/migration/file.ts'
import { extendHistory } from '../../core/migration/history.ts'
import { type ProjectScope, projectScopes } from '../../core/migration/scope.ts'
import { countUpTo } from '../../core/migration/select.ts'
import { type CompiledMigration, compileMigrations } from '../../engines/postgres/migration/compile.ts'
import { extendTimeSeries } from '../../engines/postgres/migration/extend-time-series.ts'
import { readGroupMembers } from '../../engines/postgres/migration/ledger.ts'
import type { Session } from '../session.ts'
import { type FleetGroup, type Folders, readFleet, readFolders } from './fleet.ts'
import { type RunOptions, type RunRecorder, type RunResult, recordRun, withMigrationLock } from './run.ts'
import { type Step, takeStep } from './step.ts'
import { withWorkers } from './workers.ts'

export interface UpOptions extends RunOptions {
  /** Stops at this version, or at this name. */
  readonly to?: string
  readonly scope?: ProjectScope
}

/** What is to be applied to the targets of one group. */
export interface PendingGroup {
  readonly group: FleetGroup
  readonly pending: readonly MigrationFile[]
}

/** Applies what is pending: the shared scope first, then every company. Targets that fail leave the others alone. */
export async function migrateUp(session: Session, options: UpOptions): Promise<RunResult> {
  const folders = await readFolders(session.project)
  return withMigrationLock(session, options, async () => {
    const groups = pendingOf(await readFleet(session.client, folders), folders, options)
    const work = groups.filter(({ pending }) => pending.length > 0)
    if (work.length === 0) {
      await extendTimeSeries(session.client)
      return { runId: null, steps: [], completed: 0, failures: [], skipped: 0 }
    }
    // Everything is compiled before anything is applied: a file that cannot be loaded stops the run at its start.
    const compiled = await compilePending(folders, work)
    return recordRun(session, options, async (runId, recorder) => {
      for (const { group, pending } of work) {
        if (options.signal.aborted || recorder.failures.some((failure) => failure.target === 'shared')) break
        await advance(
          session,
          runId,
          group,
          pending.map((file) => compiledOf(compiled, file)),
          options,
          recorder,
        )
      }
      await extendTimeSeries(session.client)
    })
  })
}

/** @throws DBS-1305 when `to` names no migration */
export function pendingOf(
  fleet: readonly FleetGroup[],
  folders: Folders,
  { to, scope }: Pick<UpOptions, 'to' | 'scope'>,
): PendingGroup[] {
  const scopes = scope === undefined ? projectScopes : [scope]
  const ends = countUpTo(folders, scopes, to)
  return fleet
    .filter((group) => scopes.includes(group.scope))
    .map((group) => ({ group, pending: folders[group.scope].slice(group.applied, ends[group.scope]) }))
}

export async function compilePending(folders: Folders, work: readonly PendingGroup[]): Promise<CompiledMigration[]> {
  const compiled = await Promise.all(
    projectScopes.map((scope) => {
      const names = work
        .filter(({ group }) => group.scope === scope)
        .flatMap(({ pending }) => pending.map((file) => file.name))
      return compileMigrations(folders[scope], new Set(names), 'up')
    }),
  )
  return compiled.flat()
}

export function compiledOf(compiled: readonly CompiledMigration[], file: MigrationFile): CompiledMigration {
  const found = compiled.find((candidate) => candidate.scope === file.scope && candidate.name === file.name)
  if (found === undefined) throw DbsvcError.of('DBS-1902', { reason: `${file.name} was not compiled` })
  return found
}

/**
 * Takes one group through its migrations, one after the other; a target that failed takes no further part.
 * `only` narrows the group to some of its members.
 */
export async function advance(
  session: Session,
  runId: string,
  group: FleetGroup,
  migrations: readonly CompiledMigration[],
  options: RunOptions,
  recorder: RunRecorder,
  only?: ReadonlySet<string>,
): Promise<void> {
  const members = await readGroupMembers(session.client, group.scope, group.history)
  let targets: readonly string[] = only === undefined ? members : members.filter((member) => only.has(member))
  let { history, applied } = group
  await withWorkers(session, runId, targets.length, async (workers) => {
    for (const migration of migrations) {
      if (targets.length === 0 || options.signal.aborted) return
      const origin = { scope: group.scope, history, applied }
      const work: Step['work'] = (worker, companies) => worker.apply({ ...origin, companies }, [migration])
      targets = await takeStep(session, workers, { direction: 'up', migration, targets, work }, options, recorder)
      history = extendHistory(history, migration)
      applied += 1
    }
  })
}
