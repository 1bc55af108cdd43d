import { DbsvcError } from '../errors/error.ts'
import { type AppliedMigration, compareMigrations, type MigrationFile } from './file.ts'

/**
 * Says why a target's history is no prefix of the folder. Called only when digests have shown that it is none.
 * @returns DBS-1401 for a changed file, DBS-1402 for a missing one, DBS-1403 for a pending one that sorts before an applied one
 */
export function explainMismatch(
  target: string,
  applied: readonly AppliedMigration[],
  files: readonly MigrationFile[],
): DbsvcError {
  const byName = new Map(files.map((file) => [file.name, file]))
  for (const migration of applied) {
    const file = byName.get(migration.name)
    if (file === undefined) return DbsvcError.of('DBS-1402', { target, name: migration.name })
    if (file.checksum !== migration.checksum) {
      return DbsvcError.of('DBS-1401', { target, name: migration.name, file: file.path })
    }
  }
  const names = new Set(applied.map((migration) => migration.name))
  const last = applied.toSorted(compareMigrations).at(-1)
  const pending = files.find((file) => !names.has(file.name))
  return DbsvcError.of('DBS-1403', { target, name: pending?.name ?? '', after: last?.name ?? '' })
}
