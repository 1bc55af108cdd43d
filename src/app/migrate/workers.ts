import type { Config } from '../../config/schema.ts'
import type { BatchLimits } from '../../core/migration/batch-size.ts'
import { readLockTable } from '../../engines/postgres/migration/lock-table.ts'
import type { RenderSettings } from '../../engines/postgres/migration/render.ts'
import { PostgresWorker } from '../../engines/postgres/migration/worker.ts'
import type { Session } from '../session.ts'

/** As configured, for what is not part of a run. */
export function renderSettings(migrations: Config['migrations']): RenderSettings {
  return {
    runId: null,
    lockTimeoutMs: migrations.lockTimeoutMs,
    statementTimeoutMs: migrations.statementTimeoutMs,
    searchPath: migrations.searchPath,
  }
}

/** The connections that work on a run, and what one batch on them may take. */
export interface Crew<Worker = PostgresWorker> {
  readonly workers: readonly Worker[]
  readonly limits: BatchLimits
}

/** Connections on their way, while what they are to do is still being worked out. */
export interface OpeningCrew<Worker = PostgresWorker> {
  /** Waits for them; from then on what they apply is recorded as this run's. */
  ready(runId: string | null): Promise<Crew<Worker>>
  close(): Promise<void>
}

// A new session has the catalogue to read; for fewer companies that takes longer than the work.
const worthASession = 20

/** Begins to open as many workers as the configuration says, and no more than there is work for. */
export function openCrew(session: Session, targets: number): OpeningCrew {
  const { migrations, postgres } = session.loaded.config
  const count = Math.max(1, Math.min(migrations.connections, Math.ceil(targets / worthASession)))
  const settings = { ...renderSettings(migrations), lockHoldMs: migrations.lockHoldMs }
  const opened = Promise.allSettled(
    Array.from({ length: count }, () => PostgresWorker.connect(postgres, settings, session.command)),
  )
  const workersOf = async (): Promise<PostgresWorker[]> =>
    (await opened).flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  return {
    async ready(runId) {
      const { free, readable } = await readLockTable(session.client)
      const failed = (await opened).find((outcome) => outcome.status === 'rejected')
      if (failed !== undefined) throw failed.reason
      const workers = await workersOf()
      for (const worker of workers) worker.begin({ runId, countsLocks: readable })
      const limits = {
        targets: migrations.batchSize,
        durationMs: migrations.lockHoldMs,
        // Half of what is free stays for everybody else.
        locks: Math.floor(free / 2 / count),
      }
      return { workers, limits }
    },
    async close() {
      await Promise.all((await workersOf()).map((worker) => worker.close().catch(() => {})))
    },
  }
}

/** Opens a crew for work that is known, and closes it after that. */
export async function withWorkers<Result>(
  session: Session,
  runId: string | null,
  targets: number,
  work: (crew: Crew) => Promise<Result>,
): Promise<Result> {
  const opening = openCrew(session, targets)
  try {
    return await work(await opening.ready(runId))
  } finally {
    await opening.close()
  }
}
