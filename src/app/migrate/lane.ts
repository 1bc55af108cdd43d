import type { CompiledMigration } from '../../engines/postgres/migration/compile.ts'

export interface Lane<Worker> {
  readonly workers: readonly Worker[]
  readonly batchSize: number
}

/**
 * Narrows a roll-out to one target at a time where a migration runs outside a transaction: a batch of them could not be taken
 * back when one fails, and two CREATE INDEX CONCURRENTLY at once wait for each other.
 */
export function laneFor<Worker>(migrations: readonly CompiledMigration[], wide: Lane<Worker>): Lane<Worker> {
  const outside = migrations.some((migration) => migration.sql?.transaction === false)
  return outside ? { workers: wide.workers.slice(0, 1), batchSize: 1 } : wide
}
