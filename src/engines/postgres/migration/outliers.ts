import type pg from 'pg'
import type { EngineName } from '../../../core/engine.ts'
import { clusterName } from './render.ts'

/** Where one target stands, and what kept it there. */
export interface StandingTarget {
  readonly engine: EngineName
  readonly scope: string
  /** '' for a scope without companies. */
  readonly company: string
  readonly history: string
  /** The last failure of a migration that it does not have; null where none has failed. */
  readonly failure: {
    readonly migration: string
    readonly code: string
    readonly reason: string
    readonly runId: string
    readonly at: string
  } | null
}

/** All targets but the companies with these histories, by engine. */
export async function readOutliers(
  client: pg.Client,
  histories: Readonly<Partial<Record<EngineName, string>>>,
): Promise<StandingTarget[]> {
  const { rows } = await client.query<StandingTarget>(
    `select t.engine, t.scope, t.company_id as company, t.history, to_jsonb(failed) as failure
     from dbsvc.targets t
     left join lateral (
       select f.name as migration, f.code, f.reason, f.run_id as "runId", f.at
       from dbsvc.run_results f
       where f.engine = t.engine and f.scope = t.scope and f.company_id = t.company_id and f.outcome = 'failed'
         and not exists (
           select from dbsvc.ledger l
           where l.engine = t.engine and l.cluster = t.cluster and l.scope = t.scope and l.company_id = t.company_id
             and l.name = f.name
         )
       order by f.at desc limit 1
     ) failed on true
     where t.cluster = $1 and t.scope <> 'control'
       and (t.scope <> 'tenant' or t.history is distinct from ($2::jsonb ->> t.engine))
     order by t.company_id`,
    [clusterName, JSON.stringify(histories)],
  )
  return rows
}
