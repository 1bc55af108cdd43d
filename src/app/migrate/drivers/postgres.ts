import type { MigrationFile } from '../../../core/migration/file.ts'
import { type CompiledMigration, compileMigrations } from '../../../engines/postgres/migration/compile.ts'
import { passingFailure } from '../../../engines/postgres/migration/passing.ts'
import { readFolders } from '../folders.ts'
import { laneFor } from '../lane.ts'
import { openCrew } from '../workers.ts'
import type { MigrationDriver } from './driver.ts'

export const postgresDriver: MigrationDriver = {
  engine: 'postgres',
  // The ledger is in it.
  dispensable: false,
  readFolders,
  compile: compileMigrations,
  describe(migration) {
    const { sql } = compiled(migration)
    return { sql: sql?.steps.join('\n') ?? null, transaction: sql?.transaction ?? true }
  },
  openCrew,
  narrow: (migration, crew) => laneFor([compiled(migration)], crew),
  passing: passingFailure,
}

/** Whatever this driver is asked about, it has compiled. */
const compiled = (migration: MigrationFile): CompiledMigration => migration as CompiledMigration
