import { hostname, userInfo } from 'node:os'
import type pg from 'pg'
import type { AppliedMigration } from '../../../core/migration/file.ts'
import type { Scope } from '../../../core/migration/scope.ts'
import { clusterName } from './render.ts'

/** Targets that have the same history; one row whatever their number, so that a fleet is looked at in constant time. */
export interface TargetGroup {
  readonly scope: Scope
  readonly history: string
  readonly version: string
  readonly applied: number
  readonly targets: number
  /** The first company of the group, '' for a scope without companies. */
  readonly example: string
}

export async function readGroups(client: pg.Client): Promise<TargetGroup[]> {
  const { rows } = await client.query<TargetGroup>(
    `select scope, history, max(version) as version, max(applied) as applied, count(*)::integer as targets, min(company_id) as example
     from dbsvc.targets where engine = 'postgres' and cluster = $1
     group by scope, history order by scope, max(applied) desc, history`,
    [clusterName],
  )
  return rows
}

/** The companies of a group in order; `['']` for a scope without companies. */
export async function readGroupMembers(client: pg.Client, scope: Scope, history: string): Promise<string[]> {
  const { rows } = await client.query<{ company_id: string }>(
    `select company_id from dbsvc.targets
     where engine = 'postgres' and cluster = $1 and scope = $2 and history = $3 order by company_id`,
    [clusterName, scope, history],
  )
  return rows.map((row) => row.company_id)
}

/** What one target has applied, oldest first. */
export async function readApplied(client: pg.Client, scope: Scope, company: string): Promise<AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(
    `select name, version, checksum from dbsvc.ledger
     where engine = 'postgres' and cluster = $1 and scope = $2 and company_id = $3 order by position`,
    [clusterName, scope, company],
  )
  return rows
}

/** Opens the durable record of a run. @returns its id, a UUID */
export async function startRun(client: pg.Client, command: string): Promise<string> {
  const { rows } = await client.query<{ run_id: string }>(
    'insert into dbsvc.runs (command, actor, host, pid) values ($1, $2, $3, $4) returning run_id',
    [command, userInfo().username, hostname(), process.pid],
  )
  const id = rows[0]?.run_id
  if (id === undefined) throw new Error('insert … returning gave no row')
  return id
}

export async function finishRun(
  client: pg.Client,
  runId: string,
  outcome: 'succeeded' | 'failed' | 'interrupted',
  summary: object,
): Promise<void> {
  await client.query(
    'update dbsvc.runs set finished_at = clock_timestamp(), outcome = $2, summary = $3 where run_id = $1',
    [runId, outcome, JSON.stringify(summary)],
  )
}
