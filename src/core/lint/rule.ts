import type { ProjectScope } from '../migration/scope.ts'
import type { Severity } from '../severity.ts'

/** What is told of a lint rule, by `--list-rules`, SARIF and docs/lint.md. */
export interface RuleInfo {
  /** In kebab-case; the name in suppressions. */
  readonly id: string
  readonly severity: Severity
  /** Where a company's own tables are so much smaller than shared ones that the same finding weighs less. */
  readonly tenantSeverity?: Severity
  /** One line: what it finds. */
  readonly summary: string
  readonly why: string
  readonly mend: string
}

export function severityIn(rule: RuleInfo, scope: ProjectScope): Severity {
  return scope === 'tenant' ? (rule.tenantSeverity ?? rule.severity) : rule.severity
}
