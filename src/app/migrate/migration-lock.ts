import { type LockMode, type LockOptions, lockMigrations, lockScopes } from '../../engines/postgres/migration/lock.ts'
import type { Session } from '../session.ts'
import { setUpCluster } from '../set-up-cluster.ts'
import type { RunOptions } from './run.ts'

const lockOptions = (session: Session, options: RunOptions): LockOptions => ({
  waitMs: session.loaded.config.migrations.lockWaitMs,
  signal: options.signal,
  onWait: (holder) => options.onEvent({ type: 'waiting', holder }),
})

/**
 * Holds the migration lock for the life of the session's connection. Any number of runs that only go forward share it; what
 * rewrites the ledger has it alone.
 */
export function holdMigrationLock(session: Session, mode: LockMode, options: RunOptions): Promise<void> {
  return lockMigrations(session.client, mode, lockOptions(session, options))
}

/**
 * Keeps other runs from changing the control schema or the shared scope until the function that it returns is called, once or
 * more.
 */
export function holdScopes(session: Session, options: RunOptions): Promise<() => Promise<void>> {
  return lockScopes(session.client, lockOptions(session, options))
}

/** Both locks, for a run that has the cluster to itself. The control schema is brought up to date first. */
export async function withMigrationLock<Result>(
  session: Session,
  options: RunOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  await holdMigrationLock(session, 'exclusive', options)
  const release = await holdScopes(session, options)
  try {
    await setUpCluster(session, (text) => options.onEvent({ type: 'warning', text }))
    return await work()
  } finally {
    await release().catch(() => {})
  }
}
