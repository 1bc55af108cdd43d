import type pg from 'pg'

/** The server's table of locks, which all sessions share. */
export interface LockTable {
  /** Entries that are free now; all of them where the connected user may not look. */
  readonly free: number
  /** Whether the connected user may count the locks of a session. */
  readonly readable: boolean
}

/**
 * Its size is max_locks_per_transaction times the sessions and prepared transactions there may be
 * (https://www.postgresql.org/docs/current/runtime-config-locks.html); the server has a little more.
 */
export async function readLockTable(client: pg.Client): Promise<LockTable> {
  const { rows } = await client.query<{ size: number; readable: boolean }>(
    `select current_setting('max_locks_per_transaction')::integer
         * (current_setting('max_connections')::integer + current_setting('max_prepared_transactions')::integer) as size,
       has_table_privilege('pg_catalog.pg_locks', 'select')
         and has_function_privilege('pg_catalog.pg_lock_status()', 'execute') as readable`,
  )
  const { size = Number.POSITIVE_INFINITY, readable = false } = rows[0] ?? {}
  if (!readable) return { free: size, readable }
  const { rows: used } = await client.query<{ used: number }>(
    'select count(*)::integer as used from pg_catalog.pg_locks where not fastpath',
  )
  return { free: Math.max(0, size - (used[0]?.used ?? 0)), readable }
}
