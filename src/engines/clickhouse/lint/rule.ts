import type { RuleInfo } from '../../../core/lint/rule.ts'
import type { ProjectScope } from '../../../core/migration/scope.ts'
import type { Direction } from '../migration/compile.ts'
import type { Model } from './model.ts'
import type { LintMigration, LintStatement } from './statement.ts'

export interface Issue {
  /** Names the object and what is wrong with it; how to mend it is the rule's. */
  readonly message: string
  /** The offset in the section's text, where that is not the statement's beginning. */
  readonly at?: number | undefined
}

/** One lint rule. It has at least one of the checks, or none where the linter itself reports it. */
export interface Rule extends RuleInfo {
  /** Default: both. */
  readonly scopes?: readonly ProjectScope[]
  /** Which ways of a migration `statement` looks at. Default: up. */
  readonly directions?: readonly Direction[]
  /** Looks at each statement; the model holds what is there before it. */
  readonly statement?: (statement: LintStatement, model: Model) => Iterable<Issue>
  readonly migration?: (migration: LintMigration) => Iterable<Issue>
}

export const bothWays: readonly Direction[] = ['up', 'down']
