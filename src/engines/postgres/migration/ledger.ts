import type pg from 'pg'
import type { AppliedMigration } from '../../../core/migration/file.ts'
import type { Scope } from '../../../core/migration/scope.ts'
import type { Candidate } from '../../../core/migration/waves.ts'
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

/** A company as a roll-out sees it. */
export interface Tenant extends Candidate {
  readonly history: string
}

/** All companies in order, or those named; one that is being dropped is none any more. */
export async function readTenants(client: pg.Client, companies?: readonly string[]): Promise<Tenant[]> {
  const { rows } = await client.query<Tenant>(
    `select t.company_id as company, t.history, c.tier, c.labels
     from dbsvc.targets t join dbsvc.companies c using (company_id)
     where t.engine = 'postgres' and t.cluster = $1 and t.scope = 'tenant' and c.state <> 'dropping'
       and ($2::text[] is null or company_id = any ($2))
     order by company_id`,
    [clusterName, companies ?? null],
  )
  return rows
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
