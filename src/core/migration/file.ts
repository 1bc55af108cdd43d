import { createHash } from 'node:crypto'
import type { Scope } from './scope.ts'

/** One migration of a folder. Its name, the file's without extension, is its identity, as it is for node-pg-migrate. */
export interface MigrationFile {
  readonly scope: Scope
  readonly name: string
  /** The digits that lead the name, as written. */
  readonly version: string
  /** Absolute. */
  readonly path: string
  /** SHA-256 of the text with line ends normalised, in hex. */
  readonly checksum: string
}

/** What the ledger knows of an applied migration. */
export interface AppliedMigration {
  readonly name: string
  readonly version: string
  readonly checksum: string
}

/** A checkout with CRLF line ends is the same migration. */
export function checksumOf(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex')
}

/** The leading digits of a file name, or undefined when it has none. */
export function versionOf(fileName: string): string | undefined {
  return /^\d+/.exec(fileName)?.[0]
}

/**
 * Orders as node-pg-migrate does, so that a folder runs in the order it always ran: by number; a 17-digit version is a UTC
 * time and counts as its milliseconds, so that both of node-pg-migrate's formats mix; then by name. Exact for any length.
 */
export function compareMigrations(
  a: Pick<MigrationFile, 'name' | 'version'>,
  b: Pick<MigrationFile, 'name' | 'version'>,
): number {
  const left = sortKey(a.version)
  const right = sortKey(b.version)
  if (left !== right) return left < right ? -1 : 1
  return a.name.localeCompare(b.name, undefined, {
    usage: 'sort',
    numeric: true,
    sensitivity: 'variant',
    ignorePunctuation: true,
  })
}

function sortKey(version: string): bigint {
  const time = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(version)
  if (time === null) return BigInt(version)
  const [, year, month, day, hours, minutes, seconds, milliseconds] = time
  const value = Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}.${milliseconds}Z`)
  return Number.isNaN(value) ? BigInt(version) : BigInt(value)
}
