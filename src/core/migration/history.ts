import { createHash } from 'node:crypto'
import type { AppliedMigration } from './file.ts'

/** The history of a target to which nothing is applied. */
export const emptyHistory = ''

/** The digest of a history with one more migration at its end. */
export function extendHistory(history: string, migration: Pick<AppliedMigration, 'name' | 'checksum'>): string {
  return createHash('sha256').update(`${history}\n${migration.name}:${migration.checksum}`).digest('hex').slice(0, 32)
}

/** The digest of a whole history, oldest first. */
export function digestHistory(migrations: readonly Pick<AppliedMigration, 'name' | 'checksum'>[]): string {
  return migrations.reduce(extendHistory, emptyHistory)
}

/** How many of `files`, from the first on, a target with this history has applied; undefined when it has something else. */
export function prefixLengthOf(
  history: string,
  files: readonly Pick<AppliedMigration, 'name' | 'checksum'>[],
): number | undefined {
  let digest = emptyHistory
  if (digest === history) return 0
  for (const [index, file] of files.entries()) {
    digest = extendHistory(digest, file)
    if (digest === history) return index + 1
  }
  return undefined
}
