import { DbsvcError } from '../../core/errors/error.ts'
import { emptyHistory } from '../../core/migration/history.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import { countUpTo } from '../../core/migration/select.ts'
import { targetName } from '../../engines/engine.ts'
import { baselineTargets } from '../../engines/postgres/migration/baseline.ts'
import { readGroupMembers } from '../../engines/postgres/migration/ledger.ts'
import type { Session } from '../session.ts'
import { readFleet } from './fleet.ts'
import { readFolders } from './folders.ts'
import { withMigrationLock } from './migration-lock.ts'
import { rollOut } from './roll-out.ts'
import { type RunOptions, type RunResult, recordRun } from './run.ts'

export interface BaselineOptions extends RunOptions {
  readonly scope: ProjectScope
  /** The last version that another tool has applied already. */
  readonly to: string
}

/**
 * Records migrations as applied without running them, on every target of the scope that has no history. What is there becomes
 * dbsvc_owner's and is put under row security. @throws DBS-1407 when no target is without history
 */
export async function baseline(session: Session, options: BaselineOptions): Promise<RunResult> {
  const folders = await readFolders(session.project)
  return withMigrationLock(session, options, async () => {
    const end = countUpTo(folders, [options.scope], options.to)[options.scope]
    const migrations = folders[options.scope].slice(0, end)
    const fleet = (await readFleet(session.client, folders)).filter((group) => group.scope === options.scope)
    const untouched = fleet.find((group) => group.applied === 0)
    if (untouched === undefined) {
      throw DbsvcError.of('DBS-1407', { target: targetName(options.scope, fleet[0]?.example ?? '') })
    }
    const targets = await readGroupMembers(session.client, 'postgres', options.scope, emptyHistory)
    return recordRun(session, { parameters: { scope: options.scope, to: options.to } }, options, async (run) => {
      const { batchSize, lockHoldMs } = session.loaded.config.migrations
      const started = performance.now()
      const result = await rollOut(targets, {
        workers: [session.client],
        limits: { targets: batchSize, durationMs: lockHoldMs, locks: Number.POSITIVE_INFINITY },
        signal: run.signal,
        async work(client, companies) {
          const origin = {
            engine: 'postgres',
            scope: options.scope,
            companies,
            history: emptyHistory,
            applied: 0,
          } as const
          const began = performance.now()
          await baselineTargets(client, origin, migrations, run.runId)
          return { locks: null, durationMs: performance.now() - began }
        },
      })
      const last = migrations.at(-1)
      run.recorder.add(
        {
          engine: 'postgres',
          direction: 'baseline',
          scope: options.scope,
          migration: last?.name ?? '',
          durationMs: Math.round(performance.now() - started),
        },
        result,
      )
    })
  })
}
