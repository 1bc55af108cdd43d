import type pg from 'pg'
import type { Blocker } from '../../../core/run/blocker.ts'

/** Whom a backend waits for. */
export interface Blocking extends Blocker {
  /** The backend that waits. */
  readonly waiting: number
}

/** Who holds up these backends; nobody, where the connected user may not look. */
export async function readBlockers(client: pg.Client, backendPids: readonly number[]): Promise<Blocking[]> {
  const { rows } = await client.query<Blocking>(
    `select waiting.pid as waiting, a.pid, a.application_name as application, a.usename as user,
       (extract(epoch from clock_timestamp() - coalesce(a.xact_start, a.backend_start)) * 1000)::float8 as "ageMs",
       left(a.query, 200) as statement,
       (select substr(n.nspname, strpos(n.nspname, '_') + 1)
        from pg_catalog.pg_locks l join pg_catalog.pg_class c on c.oid = l.relation
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where l.pid = waiting.pid and not l.granted and n.nspname ~ '^(tenant|private)_' and n.nspname <> 'private_shared'
        limit 1) as company
     from unnest($1::integer[]) as waiting (pid)
     cross join unnest(pg_catalog.pg_blocking_pids(waiting.pid)) as blocking (pid)
     join pg_catalog.pg_stat_activity a on a.pid = blocking.pid`,
    [backendPids],
  )
  return rows
}
