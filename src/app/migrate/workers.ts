import type { Config } from '../../config/schema.ts'
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

/** Opens as many workers as the configuration says, and no more than there are batches; closes them after the work. */
export async function withWorkers<Result>(
  session: Session,
  runId: string | null,
  targets: number,
  work: (workers: readonly PostgresWorker[]) => Promise<Result>,
): Promise<Result> {
  const { migrations, postgres } = session.loaded.config
  const count = Math.max(1, Math.min(migrations.connections, Math.ceil(targets / migrations.batchSize)))
  const settings = renderSettings(migrations, runId)
  const opened = await Promise.allSettled(
    Array.from({ length: count }, () => PostgresWorker.connect(postgres, settings, session.command)),
  )
  const workers = opened.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  try {
    const failed = opened.find((outcome) => outcome.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    return await work(workers)
  } finally {
    await Promise.all(workers.map((worker) => worker.close().catch(() => {})))
  }
}
