import type pg from 'pg'
import { digestHistory, prefixLengthOf } from '../../core/migration/history.ts'
import { explainMismatch } from '../../core/migration/verify.ts'
import type { CompiledMigration } from '../../engines/postgres/migration/compile.ts'
import { readApplied } from '../../engines/postgres/migration/ledger.ts'
import type { PostgresWorker } from '../../engines/postgres/migration/worker.ts'

/** Takes a company that is `provisioning` through the migrations it lacks, and makes it `active`. */
export async function finishProvisioning(
  client: pg.Client,
  worker: PostgresWorker | undefined,
  company: string,
  migrations: readonly CompiledMigration[],
): Promise<void> {
  const applied = await readApplied(client, 'tenant', company)
  const start = prefixLengthOf(digestHistory(applied), migrations)
  if (start === undefined) throw explainMismatch(company, applied, migrations)
  for (const [index, migration] of migrations.entries()) {
    if (index < start) continue
    const history = digestHistory(migrations.slice(0, index))
    await worker?.apply({ scope: 'tenant', companies: [company], history, applied: index }, [migration])
  }
  await client.query(
    `update dbsvc.companies set state = 'active', updated_at = now() where company_id = $1 and state = 'provisioning'`,
    [company],
  )
}
