import { basename, join } from 'node:path'
import type { Finding } from '../../../../../src/core/lint/finding.ts'
import { projectScopes } from '../../../../../src/core/migration/scope.ts'
import { lintScope } from '../../../../../src/engines/postgres/lint/lint.ts'
import { Model } from '../../../../../src/engines/postgres/lint/model/model.ts'
import { readForLint } from '../../../../../src/engines/postgres/lint/read.ts'
import type { Rule } from '../../../../../src/engines/postgres/lint/rule.ts'
import { rules } from '../../../../../src/engines/postgres/lint/rules/index.ts'
import { suppressionWithoutReason } from '../../../../../src/engines/postgres/lint/rules/suppression-without-reason.ts'
import { unusedSuppression } from '../../../../../src/engines/postgres/lint/rules/unused-suppression.ts'
import { readMigrations } from '../../../../../src/engines/postgres/migration/folder.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'

/** Migrations by file name, such as `tenant/0001_orders.sql`. */
export type Migrations = Readonly<Record<string, string>>

/** Everything that `chosen` find in these migrations, the file named as it is given here. */
export async function lint(chosen: readonly Rule[], migrations: Migrations, searchPath?: string[]): Promise<Finding[]> {
  const folder = await temporaryFolder()
  for (const [path, content] of Object.entries(migrations)) await folder.write(path, content)
  const known = new Set(rules.map(({ id }) => id))
  const findings: Finding[] = []
  for (const scope of projectScopes) {
    const files = await readMigrations(join(folder.path, scope), scope)
    findings.push(...lintScope(new Model(scope, searchPath), await readForLint(files, scope), chosen, known))
  }
  return findings.map((finding) => ({ ...finding, file: `${finding.scope}/${basename(finding.file)}` }))
}

/**
 * What one rule finds, as `file:line:column message`. Suppressions are judged too: an unused one is a finding.
 * A place that is unknown is left out.
 */
export async function findings(rule: Rule, migrations: Migrations, searchPath?: string[]): Promise<string[]> {
  const found = await lint([rule, unusedSuppression, suppressionWithoutReason], migrations, searchPath)
  return found.map(({ file, line, column, message }) => {
    const place = [file, line, column].filter((part) => part !== null).join(':')
    return `${place} ${message}`
  })
}
