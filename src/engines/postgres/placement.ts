import type pg from 'pg'
import { probePrefix } from '../../core/company/probe.ts'
import type { StoreName } from '../store.ts'
import { clusterName } from './migration/render.ts'

/** How far a company is in one store. */
export type PlacementState = 'provisioning' | 'active' | 'suspended' | 'removing'

export interface Placement {
  readonly company: string
  readonly engine: StoreName
  readonly state: PlacementState
  /** Why the last attempt came to nothing; null after one that did. */
  readonly reason: string | null
}

const columns = 'company_id as company, engine, state, reason'

/** Where these companies stand in the stores. */
export async function readPlacements(client: pg.Client, companies: readonly string[]): Promise<Placement[]> {
  const { rows } = await client.query<Placement>(
    `select ${columns} from dbsvc.placements where company_id = any ($1) order by company_id, engine`,
    [companies],
  )
  return rows
}

/** Of all companies, in order. */
export async function readAllPlacements(client: pg.Client): Promise<Placement[]> {
  const { rows } = await client.query<Placement>(`select ${columns} from dbsvc.placements order by company_id, engine`)
  return rows
}

export interface PlacementVersion extends Placement {
  /** Of its last migration, null before the first. */
  readonly version: string | null
  readonly migrations: number
}

/** The same of one company, with how far its migrations are. */
export async function readPlacementVersions(client: pg.Client, company: string): Promise<PlacementVersion[]> {
  const { rows } = await client.query<PlacementVersion>(
    `select p.company_id as company, p.engine, p.state, p.reason, nullif(t.version, '') as version,
       coalesce(t.applied, 0) as migrations
     from dbsvc.placements p left join dbsvc.targets t
       on t.engine = p.engine and t.cluster = $2 and t.scope = 'tenant' and t.company_id = p.company_id
     where p.company_id = $1 order by p.engine`,
    [company, clusterName],
  )
  return rows
}

/** The companies that have a place in a store, or are getting one, in order. */
export async function readPlaced(client: pg.Client, engine: StoreName): Promise<string[]> {
  const { rows } = await client.query<{ company: string }>(
    `select company_id as company from dbsvc.placements where engine = $1 and state <> 'removing' order by company_id`,
    [engine],
  )
  return rows.map(({ company }) => company)
}

/** The companies whose place in a store is made, in order. */
export async function readSettled(client: pg.Client, engine: StoreName): Promise<string[]> {
  const { rows } = await client.query<{ company: string }>(
    `select company_id as company from dbsvc.placements
     where engine = $1 and state in ('active', 'suspended') order by company_id`,
    [engine],
  )
  return rows.map(({ company }) => company)
}

/** The companies whose place in a store is not made yet, in order. */
export async function readUnsettled(client: pg.Client, engine: StoreName): Promise<string[]> {
  const { rows } = await client.query<{ company: string }>(
    `select p.company_id as company from dbsvc.placements p join dbsvc.companies c using (company_id)
     where p.engine = $1 and p.state = 'provisioning' and c.state <> 'dropping' order by p.company_id`,
    [engine],
  )
  return rows.map(({ company }) => company)
}

/** How many companies have no place in a store, nor are getting one, and one of them. */
export async function countUnplaced(
  client: pg.Client,
  engine: StoreName,
): Promise<{ readonly companies: number; readonly example: string | null }> {
  const { rows } = await client.query<{ companies: number; example: string | null }>(
    `select count(*)::integer as companies, min(company_id) as example from dbsvc.companies c
     where c.state <> 'dropping' and not starts_with(c.company_id, $2) and not exists (
       select from dbsvc.placements p where p.company_id = c.company_id and p.engine = $1
     )`,
    [engine, probePrefix],
  )
  return rows[0] ?? { companies: 0, example: null }
}

/**
 * Says, before anything is made in a store, that these companies, or all, are to have a place in it. Those that have one are left
 * as they are; so is one that is being dropped.
 */
export async function intendPlaces(client: pg.Client, engine: StoreName, companies?: readonly string[]): Promise<void> {
  await client.query(
    `with placed as (
       insert into dbsvc.placements (company_id, engine, state)
       select company_id, $1, 'provisioning' from dbsvc.companies
       where state <> 'dropping' and not starts_with(company_id, $4) and ($3::text[] is null or company_id = any ($3))
       on conflict (company_id, engine) do nothing
       returning company_id
     )
     insert into dbsvc.targets (engine, cluster, scope, company_id)
     select $1, $2, 'tenant', company_id from placed
     on conflict (engine, cluster, scope, company_id) do nothing`,
    [engine, clusterName, companies ?? null, probePrefix],
  )
}

/** Gives a store its target of the shared scope. */
export async function intendShared(client: pg.Client, engine: StoreName): Promise<void> {
  await client.query(
    `insert into dbsvc.targets (engine, cluster, scope) values ($1, $2, 'shared') on conflict do nothing`,
    [engine, clusterName],
  )
}

export async function settlePlaces(
  client: pg.Client,
  engine: StoreName,
  companies: readonly string[],
  state: PlacementState,
): Promise<void> {
  await client.query(
    `update dbsvc.placements set state = $3, reason = null, updated_at = clock_timestamp()
     where engine = $1 and company_id = any ($2)`,
    [engine, companies, state],
  )
}

/** Keeps why an attempt came to nothing, for whoever asks what is the matter with the company. */
export async function explainPlace(
  client: pg.Client,
  engine: StoreName,
  company: string,
  reason: string,
): Promise<void> {
  await client.query(
    `update dbsvc.placements set reason = $3, updated_at = clock_timestamp() where engine = $1 and company_id = $2`,
    [engine, company, reason],
  )
}

/** Forgets a place, once nothing is left of it. */
export async function forgetPlace(client: pg.Client, engine: StoreName, company: string): Promise<void> {
  await client.query(
    `with forgotten as (
       delete from dbsvc.placements where engine = $1 and company_id = $2
     ), progress as (
       delete from dbsvc.progress where engine = $1 and company_id = $2
     ), ledger as (
       delete from dbsvc.ledger where engine = $1 and company_id = $2
     )
     delete from dbsvc.targets where engine = $1 and company_id = $2`,
    [engine, company],
  )
}
