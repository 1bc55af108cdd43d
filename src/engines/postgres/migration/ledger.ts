import type pg from 'pg'
import { probePrefix } from '../../../core/company/probe.ts'
import type { EngineName } from '../../../core/engine.ts'
import type { AppliedMigration } from '../../../core/migration/file.ts'
import type { Scope } from '../../../core/migration/scope.ts'
import type { Candidate } from '../../../core/migration/waves.ts'
import { clusterName } from './render.ts'

/** Targets that have the same history; one row whatever their number, so that a fleet is looked at in constant time. */
export interface TargetGroup {
  readonly engine: EngineName
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
    `select engine, scope, history, max(version) as version, max(applied) as applied, count(*)::integer as targets, min(company_id) as example
     from dbsvc.targets where cluster = $1
     group by engine, scope, history order by engine, scope, max(applied) desc, history`,
    [clusterName],
  )
  return rows
}

/** The companies of a group in order; `['']` for a scope without companies. */
export async function readGroupMembers(
  client: pg.Client,
  engine: EngineName,
  scope: Scope,
  history: string,
): Promise<string[]> {
  const { rows } = await client.query<{ company_id: string }>(
    `select company_id from dbsvc.targets
     where engine = $1 and cluster = $2 and scope = $3 and history = $4 order by company_id`,
    [engine, clusterName, scope, history],
  )
  return rows.map((row) => row.company_id)
}

/** A company as a roll-out sees it. */
export interface Tenant extends Candidate {
  readonly history: string
}

/** All companies in order, or those named; one that is being dropped is none any more. One without a place has no history. */
export async function readTenants(
  client: pg.Client,
  engine: EngineName,
  companies?: readonly string[],
): Promise<Tenant[]> {
  const { rows } = await client.query<Tenant>(
    `select c.company_id as company, coalesce(t.history, '') as history, c.tier, c.labels
     from dbsvc.companies c left join dbsvc.targets t
       on t.engine = $1 and t.cluster = $2 and t.scope = 'tenant' and t.company_id = c.company_id
     where c.state <> 'dropping' and not starts_with(c.company_id, $4) and ($3::text[] is null or c.company_id = any ($3))
     order by c.company_id`,
    [engine, clusterName, companies ?? null, probePrefix],
  )
  return rows
}

/** Where these companies stand in one engine. */
export async function readTenantVersions(
  client: pg.Client,
  engine: EngineName,
  companies: readonly string[],
): Promise<{ readonly company: string; readonly version: string; readonly history: string }[]> {
  const { rows } = await client.query<{ company: string; version: string; history: string }>(
    `select company_id as company, version, history from dbsvc.targets
     where engine = $1 and cluster = $2 and scope = 'tenant' and company_id = any ($3) order by company_id`,
    [engine, clusterName, companies],
  )
  return rows
}

/** What one target has applied, oldest first. */
export async function readApplied(
  client: pg.Client,
  engine: EngineName,
  scope: Scope,
  company: string,
): Promise<AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(
    `select name, version, checksum from dbsvc.ledger
     where engine = $1 and cluster = $2 and scope = $3 and company_id = $4 order by position`,
    [engine, clusterName, scope, company],
  )
  return rows
}
