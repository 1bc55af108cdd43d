import { hostname, userInfo } from 'node:os'
import type pg from 'pg'
import type { EngineName } from '../../../core/engine.ts'

/** How a run ended; null while it is under way, and for good when its process was killed. */
export type RunOutcome = 'succeeded' | 'failed' | 'interrupted' | 'paused' | 'stopped' | 'cancelled'

/** What somebody asks of a run that is under way. */
export type RunRequest = 'pause' | 'cancel'

export interface FailedTarget {
  readonly engine: EngineName
  readonly scope: string
  /** '' for a scope without companies. */
  readonly company: string
  readonly migration: string
  readonly code: string
  readonly reason: string
}

// The locks that live runs hold, so that others can tell them from killed ones: the first half is 'dbsr'.
export const runKey = 0x64627372

/** Opens the durable record of a run, and holds the run for the life of the connection. @returns its id, a UUID */
export async function startRun(client: pg.Client, command: string, parameters: object): Promise<string> {
  const { rows } = await client.query<{ run_id: string }>(
    `with run as (
       insert into dbsvc.runs (command, actor, host, pid, parameters) values ($1, $2, $3, $4, $5) returning run_id
     ), session as (
       insert into dbsvc.run_sessions (run_id, actor, host, pid) select run_id, $2, $3, $4 from run
     )
     select run_id, pg_advisory_lock(${runKey}, hashtext(run_id::text)) from run`,
    [command, ...self(), JSON.stringify(parameters)],
  )
  const id = rows[0]?.run_id
  if (id === undefined) throw new Error('insert … returning gave no row')
  return id
}

/** Goes on with a run that has ended. Returns false, with nothing done, when somebody else is at work on it. */
export async function continueRun(client: pg.Client, runId: string): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>(
    `select pg_try_advisory_lock(${runKey}, hashtext($1::uuid::text)) as held`,
    [runId],
  )
  if (rows[0]?.held !== true) return false
  await client.query(
    `with run as (
       update dbsvc.runs set outcome = null, finished_at = null, request = null where run_id = $1::uuid
     )
     insert into dbsvc.run_sessions (run_id, actor, host, pid) values ($1, $2, $3, $4)`,
    [runId, ...self()],
  )
  return true
}

export async function finishRun(client: pg.Client, runId: string, outcome: RunOutcome, summary: object): Promise<void> {
  await client.query(
    `with run as (
       update dbsvc.runs set finished_at = clock_timestamp(), outcome = $2, summary = $3 where run_id = $1::uuid
     ), session as (
       update dbsvc.run_sessions set ended_at = clock_timestamp(), outcome = $2
       where run_id = $1::uuid and started_at = (select max(started_at) from dbsvc.run_sessions where run_id = $1::uuid)
     )
     select pg_advisory_unlock(${runKey}, hashtext($1::uuid::text))`,
    [runId, outcome, JSON.stringify(summary)],
  )
}

export async function recordFailures(
  client: pg.Client,
  runId: string,
  failures: readonly FailedTarget[],
): Promise<void> {
  await client.query(
    `insert into dbsvc.run_results (run_id, engine, scope, company_id, name, outcome, code, reason)
     select $1::uuid, engine, scope, company, migration, 'failed', code, reason
     from jsonb_to_recordset($2) as failed (engine text, scope text, company text, migration text, code text, reason text)
     on conflict (run_id, engine, scope, company_id, name, outcome) do update
       set code = excluded.code, reason = excluded.reason, at = excluded.at`,
    [runId, JSON.stringify(failures)],
  )
}

export async function readRequest(client: pg.Client, runId: string): Promise<RunRequest | null> {
  const { rows } = await client.query<{ request: RunRequest | null }>(
    'select request from dbsvc.runs where run_id = $1::uuid',
    [runId],
  )
  return rows[0]?.request ?? null
}

/** Leaves a request for whoever works on the run. */
export async function requestOfRun(client: pg.Client, runId: string, request: RunRequest): Promise<void> {
  await client.query('update dbsvc.runs set request = $2 where run_id = $1::uuid', [runId, request])
}

/** Gives up a run that nobody works on. */
export async function cancelRun(client: pg.Client, runId: string): Promise<void> {
  await client.query(
    `update dbsvc.runs set outcome = 'cancelled', finished_at = coalesce(finished_at, clock_timestamp()) where run_id = $1::uuid`,
    [runId],
  )
}

const self = (): [string, string, number] => [userInfo().username, hostname(), process.pid]

/** The names of the migrations that a run has undone, by company; '' is the scope itself. */
export async function readUndone(
  client: pg.Client,
  runId: string,
  engine: EngineName,
  scope: string,
): Promise<Map<string, Set<string>>> {
  const { rows } = await client.query<{ company: string; names: string[] }>(
    `select company_id as company, array_agg(name) as names from dbsvc.run_results
     where run_id = $1::uuid and engine = $2 and scope = $3 and outcome = 'undone' group by company_id`,
    [runId, engine, scope],
  )
  return new Map(rows.map(({ company, names }) => [company, new Set(names)]))
}
