import type { Direction } from '../migration/compile.ts'
import type { DefinedOperation } from '../migration/definitions.ts'
import type { LintMigration } from './migration.ts'

/** An operation and where it stands. */
export interface Place {
  readonly migration: LintMigration
  readonly direction: Direction
  readonly defined: DefinedOperation
}
