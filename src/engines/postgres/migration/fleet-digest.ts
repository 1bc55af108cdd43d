import type pg from 'pg'
import { clusterName } from './render.ts'

/** Which database, and where all of its targets stand, in one value. */
export interface FleetDigest {
  /** The server's system identifier and the database's number. */
  readonly database: string
  readonly targets: number
  /** Of every target's engine, scope, company and history. */
  readonly digest: string
}

export async function readDatabaseIdentity(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ database: string }>(
    `select (select system_identifier from pg_catalog.pg_control_system()) || '/' || oid as database
     from pg_catalog.pg_database where datname = current_database()`,
  )
  return rows[0]?.database ?? ''
}

/** `untouched`: there is no ledger yet. */
export async function readFleetDigest(client: pg.Client, untouched: boolean): Promise<FleetDigest> {
  const database = await readDatabaseIdentity(client)
  if (untouched) return { database, targets: 0, digest: '' }
  const { rows } = await client.query<{ targets: number; digest: string }>(
    `select count(*)::integer as targets,
       coalesce(md5(string_agg(concat_ws(' ', engine, scope, company_id, history), ',' order by engine, scope, company_id)), '') as digest
     from dbsvc.targets where cluster = $1 and scope <> 'control'`,
    [clusterName],
  )
  return { database, ...(rows[0] ?? { targets: 0, digest: '' }) }
}
