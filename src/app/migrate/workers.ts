import type { Config } from '../../config/schema.ts'
import type { BatchLimits } from '../../core/migration/batch-size.ts'
import { readLockTable } from '../../engines/postgres/migration/lock-table.ts'
import type { RenderSettings } from '../../engines/postgres/migration/render.ts'
import { PostgresWorker } from '../../engines/postgres/migration/worker.ts'
import type { Session } from '../session.ts'

export function renderSettings(migrations: Config['migrations'], runId: string | null): RenderSettings {
  return {
    runId,
    lockTimeoutMs: migrations.lockTimeoutMs,
    statementTimeoutMs: migrations.statementTimeoutMs,
    searchPath: migrations.searchPath,
  }
}

/** The connections that work on a run, and what one batch on them may take. */
export interface Crew {
  readonly workers: readonly PostgresWorker[]
  readonly limits: BatchLimits
}

/** Opens as many workers as the configuration says, and no more than there are batches; closes them after the work. */
export async function withWorkers<Result>(
  session: Session,
  runId: string | null,
  targets: number,
  work: (crew: Crew) => Promise<Result>,
): Promise<Result> {
  const { migrations, postgres } = session.loaded.config
  const count = Math.max(1, Math.min(migrations.connections, Math.ceil(targets / migrations.batchSize)))
  const lockTable = await readLockTable(session.client)
  const settings = {
    ...renderSettings(migrations, runId),
    lockHoldMs: migrations.lockHoldMs,
    countsLocks: lockTable.readable,
  }
  const opened = await Promise.allSettled(
    Array.from({ length: count }, () => PostgresWorker.connect(postgres, settings, session.command)),
  )
  const workers = opened.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  try {
    const failed = opened.find((outcome) => outcome.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    const limits = {
      targets: migrations.batchSize,
      durationMs: migrations.lockHoldMs,
      // Half of what is free stays for everybody else.
      locks: Math.floor(lockTable.free / 2 / count),
    }
    return await work({ workers, limits })
  } finally {
    await Promise.all(workers.map((worker) => worker.close().catch(() => {})))
  }
}
