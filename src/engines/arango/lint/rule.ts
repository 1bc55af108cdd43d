import type { RuleInfo } from '../../../core/lint/rule.ts'
import type { ProjectScope } from '../../../core/migration/scope.ts'
import type { LintMigration } from './migration.ts'
import type { Model } from './model.ts'
import type { Place } from './place.ts'

/** What a rule objects to. */
export interface Issue {
  /** Names the object and what is wrong with it; how to mend it is the rule's. */
  readonly message: string
  /** The operation it is about, where the rule looks at more than one; without it, it is about the file. */
  readonly at?: Place
}

/** One lint rule. It has one of the checks, or none where the linter itself reports it. */
export interface Rule extends RuleInfo {
  /** Default: both. */
  readonly scopes?: readonly ProjectScope[]
  /** Looks at each operation of the way up; the model holds what is there before it. */
  readonly operation?: (place: Place, model: Model) => Iterable<Issue>
  /** Looks at each migration; the model holds what is there after it. */
  readonly migration?: (migration: LintMigration, model: Model) => Iterable<Issue>
  /** Looks at a scope when all its migrations were read. */
  readonly scope?: (model: Model) => Iterable<Issue>
}
