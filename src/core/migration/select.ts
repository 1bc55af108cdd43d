import { DbsvcError } from '../errors/error.ts'
import type { MigrationFile } from './file.ts'

/**
 * How many migrations of each folder are at or before `to`, a version (with or without leading zeros) or a whole name; all of
 * them when it is undefined. A folder without that version is cut where the version would be.
 * @throws DBS-1305 when no folder has it
 */
export function countUpTo<Scope extends string>(
  folders: Readonly<Record<Scope, readonly MigrationFile[]>>,
  scopes: readonly Scope[],
  to: string | undefined,
): Record<Scope, number> {
  const found = scopes.some((scope) => folders[scope].some((file) => matches(file, to ?? '')))
  if (to !== undefined && !found) throw DbsvcError.of('DBS-1305', { version: to, scope: scopes.join(' or ') })
  const counts = scopes.map(
    (scope) => [scope, to === undefined ? folders[scope].length : countIn(folders[scope], to)] as const,
  )
  return Object.fromEntries(counts) as Record<Scope, number>
}

function countIn(files: readonly MigrationFile[], to: string): number {
  const last = files.findLastIndex((file) => matches(file, to))
  if (last !== -1) return last + 1
  const digits = /^\d+/.exec(to)?.[0]
  return digits === undefined ? 0 : files.filter((file) => BigInt(file.version) <= BigInt(digits)).length
}

function matches(file: MigrationFile, wanted: string): boolean {
  return file.name === wanted || (/^\d+$/.test(wanted) && BigInt(file.version) === BigInt(wanted))
}
