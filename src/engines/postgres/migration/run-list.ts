import type pg from 'pg'
import type { EngineName } from '../../../core/engine.ts'
import { type RunOutcome, type RunRequest, runKey } from './run-record.ts'

/** What has become of a run: how it ended, or that it goes on; `killed` where nobody works on it and nobody has ended it. */
export type RunState = RunOutcome | 'running' | 'killed'

export interface ListedRun {
  readonly runId: string
  readonly command: string
  readonly state: RunState
  readonly request: RunRequest | null
  readonly startedAt: Date
  readonly finishedAt: Date | null
  /** Of whoever began it. */
  readonly actor: string
  readonly host: string
  readonly pid: number
  /** Migrations applied to targets, whatever has become of them since. */
  readonly applied: number
  /** Migrations undone. */
  readonly undone: number
  /** Targets on which a migration failed that they do not have since. */
  readonly failed: number
}

export interface StoredRun extends ListedRun {
  readonly parameters: object
}

export interface RunSession {
  readonly startedAt: Date
  readonly endedAt: Date | null
  readonly outcome: RunOutcome | null
  readonly actor: string
  readonly host: string
  readonly pid: number
}

/** What a run did to one target. */
export interface RunTarget {
  readonly engine: EngineName
  readonly scope: string
  /** '' for a scope without companies. */
  readonly company: string
  readonly migration: string
  readonly outcome: 'applied' | 'undone' | 'failed'
  readonly code: string | null
  readonly reason: string | null
  readonly at: Date
}

const isAlive = `exists (
  select from pg_catalog.pg_locks l
  where l.locktype = 'advisory' and l.granted and l.classid = ${runKey}
    and l.objid::bigint = hashtext(r.run_id::text)::bigint & 4294967295
    and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
)`

const stillFailed = `not exists (
  select from dbsvc.ledger l where l.engine = f.engine and l.scope = f.scope and l.company_id = f.company_id and l.name = f.name
)`

const columns = `run_id as "runId", r.command, r.request, r.parameters,
  coalesce(r.outcome, case when ${isAlive} then 'running' else 'killed' end) as state,
  r.started_at as "startedAt", r.finished_at as "finishedAt", r.actor, r.host, r.pid,
  coalesce(done.applied, 0) as applied,
  (select count(*)::integer from dbsvc.run_results u where u.run_id = r.run_id and u.outcome = 'undone') as undone,
  (select count(*)::integer from dbsvc.run_results f where f.run_id = r.run_id and f.outcome = 'failed' and ${stillFailed}) as failed`

// One pass over the ledger for all runs of a list. What was undone since is no longer there, and so kept beside it.
const from = `dbsvc.runs r left join (
  select run_id, count(*)::integer as applied
  from (select run_id from dbsvc.ledger union all select run_id from dbsvc.run_results where outcome = 'applied') applied
  group by run_id
) done using (run_id)`

/** The newest first. */
export async function listRuns(client: pg.Client, limit: number): Promise<ListedRun[]> {
  const { rows } = await client.query<StoredRun>(`select ${columns} from ${from} order by r.started_at desc limit $1`, [
    limit,
  ])
  return rows.map(({ parameters: _parameters, ...run }) => run)
}

/** The id of a run that waits to be gone on with; null where none does. */
export async function findPaused(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ runId: string }>(
    `select run_id as "runId" from dbsvc.runs where outcome = 'paused' order by started_at desc limit 1`,
  )
  return rows[0]?.runId ?? null
}

/** The runs whose id begins so; one, if it is long enough. */
export async function findRuns(client: pg.Client, prefix: string): Promise<StoredRun[]> {
  const { rows } = await client.query<StoredRun>(
    `select ${columns} from ${from} where starts_with(r.run_id::text, $1) order by r.started_at desc limit 2`,
    [prefix.toLowerCase()],
  )
  return rows
}

export async function readRunSessions(client: pg.Client, runId: string): Promise<RunSession[]> {
  const { rows } = await client.query<RunSession>(
    `select started_at as "startedAt", ended_at as "endedAt", outcome, actor, host, pid
     from dbsvc.run_sessions where run_id = $1 order by started_at`,
    [runId],
  )
  return rows
}

export async function readRunTargets(client: pg.Client, runId: string): Promise<RunTarget[]> {
  const { rows } = await client.query<RunTarget>(
    `select engine, scope, company_id as company, name as migration, 'applied' as outcome, null as code, null as reason, applied_at as at
       from dbsvc.ledger where run_id = $1
     union all
     select engine, scope, company_id, name, outcome, code, reason, at from dbsvc.run_results f
       where run_id = $1 and (outcome <> 'failed' or ${stillFailed})
     order by engine, scope, company, at`,
    [runId],
  )
  return rows
}
