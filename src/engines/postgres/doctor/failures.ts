import type pg from 'pg'
import type { EngineName } from '../../../core/engine.ts'

/** A migration that some targets lack because it failed on them. */
export interface FailedMigration {
  readonly engine: EngineName
  readonly migration: string
  readonly targets: number
  /** The first of the targets; the scope where that has no companies. */
  readonly example: string
  /** Of the latest failure. */
  readonly code: string
  readonly reason: string
  readonly runId: string
}

/** Failures that nothing has made good since; targets that are gone are left out. */
export async function countFailures(client: pg.Client): Promise<FailedMigration[]> {
  const { rows } = await client.query<FailedMigration>(
    `select f.engine, f.name as migration, count(distinct f.company_id)::integer as targets,
       coalesce(nullif(min(f.company_id), ''), f.scope) as example,
       (array_agg(f.code order by f.at desc))[1] as code, (array_agg(f.reason order by f.at desc))[1] as reason,
       (array_agg(f.run_id::text order by f.at desc))[1] as "runId"
     from dbsvc.run_results f join dbsvc.targets t using (engine, scope, company_id)
     where f.outcome = 'failed' and not exists (
       select from dbsvc.ledger l
       where l.engine = t.engine and l.cluster = t.cluster and l.scope = t.scope and l.company_id = t.company_id and l.name = f.name
     )
     group by f.engine, f.scope, f.name order by f.engine, f.scope, f.name`,
  )
  return rows
}
