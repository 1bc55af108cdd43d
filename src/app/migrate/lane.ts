import type { CompiledMigration } from '../../engines/postgres/migration/compile.ts'
import type { Crew } from './workers.ts'

/**
 * Narrows a roll-out to one target at a time where a migration runs outside a transaction: a batch of them could not be taken
 * back when one fails, and two CREATE INDEX CONCURRENTLY at once wait for each other.
 */
export function laneFor<Worker>(
  migrations: readonly CompiledMigration[],
  { workers, limits }: Crew<Worker>,
): Crew<Worker> {
  const outside = migrations.some((migration) => migration.sql?.transaction === false)
  return outside ? { workers: workers.slice(0, 1), limits: { ...limits, targets: 1 } } : { workers, limits }
}
