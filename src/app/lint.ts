import { resolve, sep } from 'node:path'
import type { LoadedConfig } from '../config/load.ts'
import { nearest } from '../config/nearest.ts'
import { type EngineName, ledgerEngine } from '../core/engine.ts'
import { DbsvcError } from '../core/errors/error.ts'
import type { Finding } from '../core/lint/finding.ts'
import type { RuleInfo } from '../core/lint/rule.ts'
import { projectScopes } from '../core/migration/scope.ts'
import { isAtLeast, type Severity } from '../core/severity.ts'
import { postgresLinter } from '../engines/postgres/lint/linter.ts'
import { storeEngines } from '../engines/registry.ts'
import type { EngineLinter } from '../engines/store.ts'
import { type Folders, readEngineFolders, readFolders } from './migrate/folders.ts'
import { locateProject, type Project } from './project.ts'

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
  /** By engine, and in the order the migrations are applied: shared, then tenant. */
  readonly findings: readonly Finding[]
  /** How many migrations were looked at. */
  readonly migrations: number
}

/** One engine's rules, and its migrations. */
interface Linting {
  readonly linter: EngineLinter
  readonly engine: EngineName
  readonly read: (project: Project) => Promise<Folders>
}

/**
 * Lints the project's migrations of every engine, configured or not; no server is needed.
 * @throws DBS-1302 a file that cannot be loaded, DBS-1306 a file that is no migration, DBS-1307 an unknown rule
 */
export async function lintProject(loaded: LoadedConfig, options: LintOptions): Promise<LintReport> {
  const project = locateProject(loaded)
  const linters = await loadLinters()
  const chosen = new Set(rulesCalled(linters, options.rules).map(({ id }) => id))
  const folders = await Promise.all(linters.map(({ read }) => read(project)))
  const paths = folders.flatMap((folder) => projectScopes.flatMap((scope) => folder[scope].map(({ path }) => path)))
  const isWanted = pathFilter(options, paths)
  const findings: Finding[] = []
  for (const [index, { linter, engine }] of linters.entries()) {
    const own = new Set(linter.rules.map(({ id }) => id).filter((id) => chosen.has(nameOf(engine, id))))
    for (const scope of projectScopes) {
      const files = folders[index]?.[scope] ?? []
      const found = await linter.lint(files, scope, own, loaded.config)
      findings.push(...found.map((finding) => ({ ...finding, rule: nameOf(engine, finding.rule) })))
    }
  }
  return {
    findings: findings.filter(({ file, severity }) => isWanted(file) && isAtLeast(severity, options.severity)),
    migrations: paths.filter(isWanted).length,
  }
}

/** What the whole project knows a rule by: rules of PostgreSQL by their own names, those of others such as `arango-irreversible`. */
function nameOf(engine: EngineName, id: string): string {
  return engine === ledgerEngine || id.startsWith(`${engine}-`) ? id : `${engine}-${id}`
}

async function loadLinters(): Promise<Linting[]> {
  const stores = await Promise.all(
    storeEngines.map(async ({ name, extensions, linter }): Promise<Linting[]> => {
      if (linter === undefined) return []
      const read = (project: Project): Promise<Folders> => readEngineFolders(project, name, extensions)
      return [{ linter: await linter(), engine: name, read }]
    }),
  )
  return [{ linter: postgresLinter, engine: ledgerEngine, read: readFolders }, ...stores.flat()]
}

/**
 * What is known of the rules with these ids, in the order of the rules; of all of them when there are none.
 * @throws DBS-1307 an unknown rule
 */
function rulesCalled(linters: readonly Linting[], ids: readonly string[] | undefined): readonly KnownRule[] {
  const rules = linters.flatMap(({ linter, engine }) =>
    linter.rules.map((rule) => ({ ...rule, engine, id: nameOf(engine, rule.id) })),
  )
  const known = rules.map(({ id }) => id)
  for (const rule of ids ?? []) {
    if (!known.includes(rule)) throw DbsvcError.of('DBS-1307', { rule, nearest: nearest(rule, known) })
  }
  return ids === undefined ? rules : rules.filter(({ id }) => ids.includes(id))
}

/** A rule, and the engine whose migrations it looks at. */
export interface KnownRule extends RuleInfo {
  readonly engine: EngineName
}

/** What is told of these rules. @throws DBS-1307 an unknown rule */
export async function describeRules(ids: readonly string[] | undefined): Promise<readonly KnownRule[]> {
  return rulesCalled(await loadLinters(), ids).map(({ id, engine, severity, tenantSeverity, summary, why, mend }) => ({
    id,
    engine,
    severity,
    tenantSeverity: tenantSeverity ?? severity,
    summary,
    why,
    mend,
  }))
}

/** @throws DBS-1306 a path at or below which there is no migration */
function pathFilter({ files, cwd }: LintOptions, known: readonly string[]): (path: string) => boolean {
  const wanted = files.map((file) => resolve(cwd, file))
  const covers = (place: string, path: string): boolean => path === place || path.startsWith(place + sep)
  for (const [index, place] of wanted.entries()) {
    if (!known.some((path) => covers(place, path))) throw DbsvcError.of('DBS-1306', { file: files[index] ?? place })
  }
  return (path) => wanted.length === 0 || wanted.some((place) => covers(place, path))
}
