import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { digestHistory, prefixLengthOf } from '../../core/migration/history.ts'
import { explainMismatch } from '../../core/migration/verify.ts'
import { TargetsTaken } from '../../engines/engine.ts'
import type { CompiledMigration } from '../../engines/postgres/migration/compile.ts'
import { readApplied } from '../../engines/postgres/migration/ledger.ts'
import type { PostgresWorker } from '../../engines/postgres/migration/worker.ts'

const busyPollMs = 100

/**
 * Takes a company that is `provisioning` through the migrations of PostgreSQL that it lacks. Others may do the same at the
 * same time: whoever finds that a migration has been applied meanwhile goes on with the next.
 */
export async function finishProvisioning(
  client: pg.Client,
  worker: PostgresWorker | undefined,
  company: string,
  migrations: readonly CompiledMigration[],
): Promise<void> {
  for (;;) {
    const applied = await readApplied(client, 'postgres', 'tenant', company)
    const start = prefixLengthOf(digestHistory(applied), migrations)
    if (start === undefined) throw explainMismatch(company, applied, migrations)
    const next = migrations[start]
    if (next === undefined) return
    const history = digestHistory(migrations.slice(0, start))
    try {
      await worker?.apply({ engine: 'postgres', scope: 'tenant', companies: [company], history, applied: start }, [
        next,
      ])
    } catch (error) {
      if (!(error instanceof TargetsTaken)) throw error
      if (error.busy.length > 0) await sleep(busyPollMs)
    }
  }
}
