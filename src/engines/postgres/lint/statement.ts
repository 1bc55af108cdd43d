import type { Node } from 'libpg-query'
import type { MigrationFile } from '../../../core/migration/file.ts'
import type { ProjectScope } from '../../../core/migration/scope.ts'
import type { Direction, Exemption } from '../migration/compile.ts'

/** A migration as rules see it. */
export interface LintMigration extends MigrationFile {
  readonly scope: ProjectScope
  /** The file's text. */
  readonly text: string
  readonly exemptions: readonly Exemption[]
  readonly up: LintSql
  /** Null where there is no way down, or none that can be built. */
  readonly down: LintSql | null
}

/** One direction of a migration. */
export interface LintSql {
  readonly direction: Direction
  /** False after `pgm.noTransaction()`: each step is sent by itself. */
  readonly transaction: boolean
  /** False where the file asks the database while it is built, so that there is nothing to read. */
  readonly readable: boolean
  readonly steps: readonly Step[]
}

/** What is sent in one message. */
export interface Step {
  readonly sql: string
  /** Where the text begins in the file, in UTF-16 code units; null where it is not in the file as it stands. */
  readonly offset: number | null
  readonly statements: readonly Statement[]
  readonly comments: readonly Comment[]
  readonly syntaxError: SyntaxFault | null
}

export interface Statement {
  readonly node: Node
  /** As written, from its first word to its last. */
  readonly sql: string
  /** In UTF-8 bytes of the step's text, as all locations in the tree are. */
  readonly start: number
  readonly end: number
}

/** A comment, or a run of text that a rule points at, in UTF-8 bytes of the step's text. */
export interface Comment {
  readonly text: string
  readonly start: number
  readonly end: number
}

export interface SyntaxFault {
  readonly message: string
  readonly at: number
}

/** A statement and where it comes from. */
export interface Origin {
  readonly migration: LintMigration
  readonly sql: LintSql
  readonly step: Step
  readonly statement: Statement
}
