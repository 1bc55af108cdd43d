import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { DbsvcError } from '../../../core/errors/error.ts'

// One lock for all migrating of a database: 'dbsv' and 1 as the two halves of PostgreSQL's advisory key.
const migrationKey = [0x64627376, 1]
// Within it, one for the control schema and the shared scope.
const scopesKey = [0x64627376, 2]
const pollMs = 200
// The locks of single targets: the first half is 'dbst'.
const targetKey = 0x64627374

/** Shared by runs that only go forward, exclusive to what rewrites the ledger. */
export type LockMode = 'shared' | 'exclusive'

export interface LockOptions {
  /** Gives up after this long. */
  readonly waitMs: number
  readonly signal: AbortSignal
  /** Told once, when there is something to wait for. */
  readonly onWait: (holder: string) => void
}

/** Takes the migration lock for the life of the connection. @throws DBS-1404 after `waitMs`, DBS-1904 when interrupted */
export async function lockMigrations(client: pg.Client, mode: LockMode, options: LockOptions): Promise<void> {
  await poll(client, migrationKey, mode, options)
}

/** Keeps other runs from changing what there is once per cluster. @returns what lets go */
export async function lockScopes(client: pg.Client, options: LockOptions): Promise<() => Promise<void>> {
  await poll(client, scopesKey, 'exclusive', options)
  let held = true
  return async () => {
    if (!held) return
    held = false
    await client.query('select pg_advisory_unlock($1, $2)', [...scopesKey])
  }
}

/**
 * A session that waits inside pg_advisory_lock holds a snapshot, for which CREATE INDEX CONCURRENTLY of the holder would wait in
 * turn, so the lock is tried again and again.
 */
async function poll(client: pg.Client, key: readonly number[], mode: LockMode, options: LockOptions): Promise<void> {
  const started = performance.now()
  let told = false
  while (!(await tryLock(client, key, mode))) {
    const holder = await holderOf(client, key)
    if (!told) options.onWait(holder)
    told = true
    const waitedMs = performance.now() - started
    if (waitedMs >= options.waitMs) throw DbsvcError.of('DBS-1404', { holder, waitedMs })
    await sleep(pollMs, undefined, { signal: options.signal }).catch(() => {
      throw DbsvcError.of('DBS-1904', {})
    })
  }
}

/**
 * Keeps others from running statements outside of a transaction on the same target meanwhile; waits for them, polling as above.
 * `tenant create` takes no migration lock, so that two of them, or one and a `migrate up`, may meet here. @returns what lets go
 */
export async function lockTarget(client: pg.Client, target: string): Promise<() => Promise<void>> {
  const key = [targetKey, target]
  for (;;) {
    const { rows } = await client.query<{ locked: boolean }>(
      'select pg_try_advisory_lock($1, hashtext($2)) as locked',
      key,
    )
    if (rows[0]?.locked === true) break
    await sleep(pollMs)
  }
  return async () => {
    await client.query('select pg_advisory_unlock($1, hashtext($2))', key)
  }
}

async function tryLock(client: pg.Client, key: readonly number[], mode: LockMode): Promise<boolean> {
  const lock = mode === 'shared' ? 'pg_try_advisory_lock_shared' : 'pg_try_advisory_lock'
  const { rows } = await client.query<{ locked: boolean }>(`select ${lock}($1, $2) as locked`, [...key])
  return rows[0]?.locked ?? false
}

/** Who holds the lock, by the name every dbsvc connection carries. */
async function holderOf(client: pg.Client, key: readonly number[]): Promise<string> {
  const { rows } = await client.query<{ holder: string }>(
    `select a.application_name || ' (backend ' || a.pid || ', since ' || to_char(a.backend_start, 'HH24:MI:SS') || ')' as holder
     from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.granted and l.database = (select oid from pg_database where datname = current_database())
       and l.classid = $1 and l.objid = $2 limit 1`,
    [...key],
  )
  return rows[0]?.holder ?? 'another session'
}
