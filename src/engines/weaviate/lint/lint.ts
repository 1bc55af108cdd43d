import type { Finding } from '../../../core/lint/finding.ts'
import { severityIn } from '../../../core/lint/rule.ts'
import type { MigrationFile } from '../../../core/migration/file.ts'
import type { ProjectScope } from '../../../core/migration/scope.ts'
import { readForLint } from './read.ts'
import type { Rule } from './rule.ts'
import { rules } from './rules/index.ts'

/**
 * What is unsafe or impossible in the migrations of one scope, in their order and that of the lines; no server is needed.
 * @throws DBS-1302 a file that cannot be loaded
 */
export async function lintWeaviate(
  folder: readonly MigrationFile[],
  scope: ProjectScope,
  chosen: readonly Rule[] = rules,
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const file of folder) {
    const migration = await readForLint(file, scope)
    const found = chosen.flatMap((rule) => [...rule.find(migration)].map((finding) => ({ rule, ...finding })))
    for (const { rule, message, line } of found.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))) {
      findings.push({
        rule: rule.id,
        severity: severityIn(rule, scope),
        message,
        mend: rule.mend,
        scope,
        migration: file.name,
        direction: 'up',
        file: file.path,
        line,
        column: null,
        sql: null,
      })
    }
  }
  return findings
}
