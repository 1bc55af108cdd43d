import type pg from 'pg'

export interface Standby {
  readonly name: string
  readonly state: string
  /** Null where it has reported nothing that it has replayed. */
  readonly lagBytes: number | null
  /** Null where it has caught up, or has reported nothing. */
  readonly lagSeconds: number | null
}

export interface Slot {
  readonly name: string
  readonly retainedBytes: number
}

/** Who receives the server's changes, and slots that keep changes for nobody. */
export async function readReplication(client: pg.Client): Promise<{ standbys: Standby[]; slots: Slot[] }> {
  const { rows: standbys } = await client.query<Standby>(
    `select coalesce(nullif(application_name, ''), pid::text) as name, state,
       pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::float8 as "lagBytes", extract(epoch from replay_lag)::float8 as "lagSeconds"
     from pg_stat_replication order by 1`,
  )
  const { rows: slots } = await client.query<Slot>(
    `select slot_name::text as name, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::float8 as "retainedBytes"
     from pg_replication_slots where not active and restart_lsn is not null order by 1`,
  )
  return { standbys, slots }
}
