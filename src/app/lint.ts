import { resolve, sep } from 'node:path'
import type { LoadedConfig } from '../config/load.ts'
import { nearest } from '../config/nearest.ts'
import { DbsvcError } from '../core/errors/error.ts'
import type { Finding } from '../core/lint/finding.ts'
import type { RuleInfo } from '../core/lint/rule.ts'
import { projectScopes } from '../core/migration/scope.ts'
import { isAtLeast, type Severity } from '../core/severity.ts'
import { lintScope } from '../engines/postgres/lint/lint.ts'
import { Model } from '../engines/postgres/lint/model/model.ts'
import { readForLint } from '../engines/postgres/lint/read.ts'
import type { Rule } from '../engines/postgres/lint/rule.ts'
import { rules } from '../engines/postgres/lint/rules/index.ts'
import { readFolders } from './migrate/folders.ts'
import { locateProject } from './project.ts'

export interface LintOptions {
  /** Only findings in these files and folders; the others are read all the same, to know what is there. Empty: everywhere. */
  readonly files: readonly string[]
  /** `files` are relative to this folder. */
  readonly cwd: string
  /** Ids; undefined for every rule. */
  readonly rules: readonly string[] | undefined
  /** Findings below it are left out. */
  readonly severity: Severity
}

export interface LintReport {
  /** In the order the migrations are applied: shared, then tenant. */
  readonly findings: readonly Finding[]
  /** How many migrations were looked at. */
  readonly migrations: number
}

/**
 * Lints the project's migrations; no database is needed.
 * @throws DBS-1302 a file that cannot be loaded, DBS-1306 a file that is no migration, DBS-1307 an unknown rule
 */
export async function lintProject(loaded: LoadedConfig, options: LintOptions): Promise<LintReport> {
  const chosen = rulesCalled(options.rules)
  const known = new Set(rules.map(({ id }) => id))
  const folders = await readFolders(locateProject(loaded))
  const isWanted = pathFilter(
    options,
    projectScopes.flatMap((scope) => folders[scope].map(({ path }) => path)),
  )
  const findings: Finding[] = []
  for (const scope of projectScopes) {
    const model = new Model(scope, loaded.config.migrations.searchPath)
    findings.push(...lintScope(model, await readForLint(folders[scope], scope), chosen, known))
  }
  return {
    findings: findings.filter(({ file, severity }) => isWanted(file) && isAtLeast(severity, options.severity)),
    migrations: projectScopes.flatMap((scope) => folders[scope]).filter(({ path }) => isWanted(path)).length,
  }
}

/**
 * What is known of the rules with these ids, in the order of the rules; of all of them when there are none.
 * @throws DBS-1307 an unknown rule
 */
function rulesCalled(ids: readonly string[] | undefined): readonly Rule[] {
  const known = rules.map(({ id }) => id)
  for (const rule of ids ?? []) {
    if (!known.includes(rule)) throw DbsvcError.of('DBS-1307', { rule, nearest: nearest(rule, known) })
  }
  return ids === undefined ? rules : rules.filter(({ id }) => ids.includes(id))
}

/** What is told of these rules. @throws DBS-1307 an unknown rule */
export const describeRules = (ids: readonly string[] | undefined): readonly RuleInfo[] =>
  rulesCalled(ids).map(({ id, severity, tenantSeverity, summary, why, mend }) => ({
    id,
    severity,
    tenantSeverity: tenantSeverity ?? severity,
    summary,
    why,
    mend,
  }))

/** @throws DBS-1306 a path at or below which there is no migration */
function pathFilter({ files, cwd }: LintOptions, known: readonly string[]): (path: string) => boolean {
  const wanted = files.map((file) => resolve(cwd, file))
  const covers = (place: string, path: string): boolean => path === place || path.startsWith(place + sep)
  for (const [index, place] of wanted.entries()) {
    if (!known.some((path) => covers(place, path))) throw DbsvcError.of('DBS-1306', { file: files[index] ?? place })
  }
  return (path) => wanted.length === 0 || wanted.some((place) => covers(place, path))
}
