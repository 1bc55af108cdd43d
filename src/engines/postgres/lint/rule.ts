import type { RuleInfo } from '../../../core/lint/rule.ts'
import type { ProjectScope } from '../../../core/migration/scope.ts'
import type { Direction } from '../migration/compile.ts'
import type { Model } from './model/model.ts'
import type { LintMigration, Origin } from './statement.ts'

/** What a rule objects to. */
export interface Issue {
  /** Names the object and what is wrong with it; how to mend it is the rule's. */
  readonly message: string
  /** The place in the statement, in bytes of its step, where that is not its beginning. */
  readonly at?: number | undefined
  /** The statement an issue of a migration or a scope is about; without it, it is about the file. */
  readonly origin?: Origin
  /** The line of the file, where the issue is about no statement. */
  readonly line?: number
}

/** One lint rule. It has at least one of the checks, or none where the linter itself reports it. */
export interface Rule extends RuleInfo {
  /** Default: both. */
  readonly scopes?: readonly ProjectScope[]
  /** Which ways of a migration `statement` looks at. Default: up. */
  readonly directions?: readonly Direction[]
  /** Looks at each statement; the model holds what is there before it. */
  readonly statement?: (origin: Origin, model: Model) => Iterable<Issue>
  /** Looks at each migration; the model holds what is there after it. */
  readonly migration?: (migration: LintMigration, model: Model) => Iterable<Issue>
  /** Looks at a scope when all its migrations were read. */
  readonly scope?: (model: Model) => Iterable<Issue>
}

export const bothWays: readonly Direction[] = ['up', 'down']
