import { readFile } from 'node:fs/promises'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import type { Finding } from '../../../core/lint/finding.ts'
import { severityIn } from '../../../core/lint/rule.ts'
import type { MigrationFile } from '../../../core/migration/file.ts'
import type { ProjectScope } from '../../../core/migration/scope.ts'
import type { Direction } from '../migration/compile.ts'
import { type Section, sectionsOf } from '../migration/sections.ts'
import { lineAt, splitStatements, UnclosedToken } from '../sql/statement.ts'
import { Model } from './model.ts'
import type { Issue, Rule } from './rule.ts'
import { clickhouseRules } from './rules/index.ts'
import { suppressionWithoutReason } from './rules/suppression-without-reason.ts'
import { syntaxError } from './rules/syntax-error.ts'
import { unusedSuppression } from './rules/unused-suppression.ts'
import { type LintMigration, type LintStatement, readStatement } from './statement.ts'
import { suppressionsIn } from './suppression.ts'

interface Raised {
  readonly rule: Rule
  readonly issue: Issue
  readonly statement: LintStatement | null
}

/**
 * Lints the migrations of one scope, in the order they are applied. No server is needed.
 * @throws DBS-1302 a file that cannot be read
 */
export async function lintClickhouse(
  folder: readonly MigrationFile[],
  scope: ProjectScope,
  rules: readonly Rule[] = clickhouseRules,
): Promise<Finding[]> {
  const model = new Model(scope)
  const applicable = rules.filter(({ scopes }) => scopes?.includes(scope) ?? true)
  const findings: Finding[] = []
  for (const file of folder) {
    const text = await readFile(file.path, 'utf8').catch((error: unknown) => {
      throw DbsvcError.of('DBS-1302', { file: file.path, reason: reasonOf(error) }, error)
    })
    const { up, down } = sectionsOf(text.replaceAll('\r\n', '\n'))
    const migration = { ...file, scope, hasDown: down !== null }
    findings.push(...lintSection(model, migration, 'up', up, applicable))
    if (down !== null) findings.push(...lintSection(model, migration, 'down', down, applicable))
  }
  return findings
}

function lintSection(
  model: Model,
  migration: LintMigration,
  direction: Direction,
  section: Section,
  rules: readonly Rule[],
): Finding[] {
  const raised: Raised[] = []
  const statements = readStatements(section, rules, raised)
  for (const statement of statements) {
    for (const rule of rules.filter(({ directions = ['up'] }) => directions.includes(direction))) {
      for (const issue of rule.statement?.(statement, model) ?? []) raised.push({ rule, issue, statement })
    }
    // The way down starts from what the way up has made, and the next migration follows the way up.
    if (direction === 'up') model.apply(statement)
  }
  if (direction === 'up') {
    for (const rule of rules) {
      for (const issue of rule.migration?.(migration) ?? []) raised.push({ rule, issue, statement: null })
    }
  }
  return withSuppressions(section.text, statements, raised, rules).map((one) =>
    toFinding(one, migration, direction, section),
  )
}

function readStatements({ text }: Section, rules: readonly Rule[], raised: Raised[]): LintStatement[] {
  try {
    return splitStatements(text).map(readStatement)
  } catch (error) {
    if (!(error instanceof UnclosedToken)) throw error
    const issue = { message: error.message, at: error.at }
    if (rules.includes(syntaxError)) raised.push({ rule: syntaxError, issue, statement: null })
    return []
  }
}

/** Takes out what is suppressed; adds what is wrong with the suppressions themselves. */
function withSuppressions(
  text: string,
  statements: readonly LintStatement[],
  raised: readonly Raised[],
  rules: readonly Rule[],
): Raised[] {
  let left = [...raised]
  const complain = (rule: Rule, at: number, message: string): void => {
    if (rules.includes(rule)) left.push({ rule, issue: { message, at }, statement: null })
  }
  for (const { rules: ids, reason, reach, at } of suppressionsIn(text, statements)) {
    if (ids.length === 0 || reason === null) {
      const what = ids.length === 0 ? 'names no rule to suppress' : 'gives no reason'
      complain(suppressionWithoutReason, at, `the comment ${what}, so it holds for nothing`)
      continue
    }
    for (const id of ids) {
      // A finding about the file has no statement; the comment may stand anywhere in it.
      const isCovered = ({ rule, statement }: Raised): boolean =>
        rule.id === id && (statement === reach || statement === null)
      const before = left.length
      left = left.filter((one) => !isCovered(one))
      const isKnown = clickhouseRules.some((rule) => rule.id === id)
      if (!isKnown) complain(unusedSuppression, at, `there is no rule ${id}`)
      else if (left.length === before && rules.some((rule) => rule.id === id)) {
        complain(unusedSuppression, at, `nothing here is found by ${id}`)
      }
    }
  }
  return left.toSorted((one, other) => placeOf(one) - placeOf(other))
}

const placeOf = ({ issue, statement }: Raised): number => issue.at ?? statement?.sql.start ?? -1

function toFinding(
  { rule, issue, statement }: Raised,
  migration: LintMigration,
  direction: Direction,
  section: Section,
): Finding {
  const at = issue.at ?? statement?.sql.start
  const before = at === undefined ? null : section.text.slice(0, at)
  return {
    rule: rule.id,
    severity: severityIn(rule, migration.scope),
    message: issue.message,
    mend: rule.mend,
    scope: migration.scope,
    migration: migration.name,
    direction,
    file: migration.path,
    line: at === undefined ? null : section.firstLine + lineAt(section.text, at) - 1,
    column: before === null ? null : before.length - before.lastIndexOf('\n'),
    sql: statement?.sql.text ?? null,
  }
}
