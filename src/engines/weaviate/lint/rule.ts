import type { RuleInfo } from '../../../core/lint/rule.ts'
import type { MigrationFile } from '../../../core/migration/file.ts'
import type { ProjectScope } from '../../../core/migration/scope.ts'
import type { DocumentFault, PlacedOperation } from '../migration/document.ts'

/** A migration as rules see it. */
export interface LintMigration extends MigrationFile {
  readonly scope: ProjectScope
  /** None for a module, whose function cannot be read. */
  readonly up: readonly PlacedOperation[]
  readonly hasWayDown: boolean
  readonly faults: readonly DocumentFault[]
}

export interface RuleFinding {
  readonly message: string
  /** From 1; null where it is about the whole file. */
  readonly line: number | null
}

/** What a rule finds in one migration; it needs no server. */
export interface Rule extends RuleInfo {
  readonly find: (migration: LintMigration) => Iterable<RuleFinding>
}
