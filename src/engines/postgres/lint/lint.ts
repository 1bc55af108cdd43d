import type { Finding } from '../../../core/lint/finding.ts'
import { severityIn } from '../../../core/lint/rule.ts'
import { applyStatement } from './model/apply.ts'
import type { Model } from './model/model.ts'
import { positionIn } from './position.ts'
import type { Issue, Rule } from './rule.ts'
import { asksDatabase } from './rules/asks-database.ts'
import { suppressionWithoutReason } from './rules/suppression-without-reason.ts'
import { syntaxError } from './rules/syntax-error.ts'
import { unusedSuppression } from './rules/unused-suppression.ts'
import type { LintMigration, LintSql, Origin } from './statement.ts'
import { type Suppression, suppressionsIn } from './suppression.ts'

/** What a rule found, before suppressions. */
interface Raised {
  readonly rule: Rule
  readonly issue: Issue
  readonly migration: LintMigration
  readonly origin: Origin | undefined
}

/**
 * Runs `rules` over the migrations of one scope, in the order they are applied, the model growing with them.
 * `known` are all ids there are, so that a suppression of a rule that was not asked for is no mistake.
 */
export function lintScope(
  model: Model,
  migrations: readonly LintMigration[],
  rules: readonly Rule[],
  known: ReadonlySet<string>,
): Finding[] {
  const applicable = rules.filter(({ scopes }) => scopes?.includes(model.scope) ?? true)
  const raised = migrations.flatMap((migration) => lintMigration(model, migration, applicable))
  for (const rule of applicable) {
    for (const issue of rule.scope?.(model) ?? []) {
      if (issue.origin !== undefined) {
        raised.push({ rule, issue, migration: issue.origin.migration, origin: issue.origin })
      }
    }
  }
  return migrations.flatMap((migration) => {
    const own = raised.filter((candidate) => candidate.migration === migration)
    return withSuppressions(migration, own, rules, known).map(toFinding).toSorted(byPlace)
  })
}

function lintMigration(model: Model, migration: LintMigration, rules: readonly Rule[]): Raised[] {
  const raised: Raised[] = []
  for (const { table } of migration.exemptions) model.exemptions.add(table)
  raised.push(...lintSql(model, migration, migration.up, rules))
  for (const rule of rules) {
    for (const issue of rule.migration?.(migration, model) ?? []) {
      raised.push({ rule, issue, migration, origin: issue.origin })
    }
  }
  // The model is what the way down starts from, and stays so: the next migration follows the way up.
  if (migration.down !== null) raised.push(...lintSql(model, migration, migration.down, rules))
  return raised
}

function lintSql(model: Model, migration: LintMigration, sql: LintSql, rules: readonly Rule[]): Raised[] {
  const raised: Raised[] = []
  if (!sql.readable && rules.includes(asksDatabase)) {
    const message = `${migration.name} asks the database while it is built, so its ${sql.direction} was not looked at`
    raised.push({ rule: asksDatabase, issue: { message }, migration, origin: undefined })
  }
  const looking = rules.filter(({ directions = ['up'] }) => directions.includes(sql.direction))
  for (const step of sql.steps) {
    if (step.syntaxError !== null && rules.includes(syntaxError)) {
      const { message, at } = step.syntaxError
      const text = step.sql.trim()
      // Stands for the text that has no tree.
      const statement = { node: {} as never, sql: text, start: at, end: at }
      raised.push({ rule: syntaxError, issue: { message }, migration, origin: { migration, sql, step, statement } })
    }
    for (const statement of step.statements) {
      const origin: Origin = { migration, sql, step, statement }
      for (const rule of looking) {
        for (const issue of rule.statement?.(origin, model) ?? []) raised.push({ rule, issue, migration, origin })
      }
      if (sql.direction === 'up') applyStatement(model, origin)
    }
  }
  return raised
}

/** Takes out what is suppressed; adds what is wrong with the suppressions themselves. */
function withSuppressions(
  migration: LintMigration,
  raised: readonly Raised[],
  rules: readonly Rule[],
  known: ReadonlySet<string>,
): Raised[] {
  const suppressions = suppressionsIn(migration)
  const used = new Set<string>()
  const key = (index: number, rule: string): string => `${index} ${rule}`
  const left = raised.filter(({ rule, origin }) => {
    const index = suppressions.findIndex((suppression) => covers(suppression, rule, origin))
    if (index !== -1) used.add(key(index, rule.id))
    return index === -1
  })
  const complain = (rule: Rule, suppression: Suppression, message: string): void => {
    if (rules.includes(rule)) left.push({ rule, migration, ...placed(suppression, migration, message) })
  }
  for (const [index, suppression] of suppressions.entries()) {
    if (suppression.rules.length === 0 || suppression.reason === null) {
      const what = suppression.rules.length === 0 ? 'names no rule to suppress' : 'gives no reason'
      complain(suppressionWithoutReason, suppression, `the comment ${what}, so it holds for nothing`)
      continue
    }
    for (const id of suppression.rules) {
      if (!known.has(id)) complain(unusedSuppression, suppression, `there is no rule ${id}`)
      else if (!used.has(key(index, id)) && rules.some((rule) => rule.id === id)) {
        complain(unusedSuppression, suppression, `nothing here is found by ${id}`)
      }
    }
  }
  return left
}

function covers({ rules, reason, reach }: Suppression, rule: Rule, origin: Origin | undefined): boolean {
  if (reason === null || !rules.includes(rule.id)) return false
  return reach === 'file' || origin === undefined || reach === origin.statement
}

function placed({ place }: Suppression, migration: LintMigration, message: string): Pick<Raised, 'issue' | 'origin'> {
  if ('line' in place) return { issue: { message, line: place.line }, origin: undefined }
  const line = positionIn(migration.text, place.step, place.at)?.line
  return { issue: { message, ...(line === undefined ? {} : { line }) }, origin: undefined }
}

function toFinding({ rule, issue, migration, origin }: Raised): Finding {
  const { message, at, line } = issue
  const place = origin === undefined ? null : positionIn(migration.text, origin.step, at ?? origin.statement.start)
  return {
    rule: rule.id,
    severity: severityIn(rule, migration.scope),
    message,
    mend: rule.mend,
    scope: migration.scope,
    migration: migration.name,
    direction: origin?.sql.direction ?? 'up',
    file: migration.path,
    line: place?.line ?? line ?? null,
    column: place?.column ?? null,
    sql: origin?.statement.sql ?? null,
  }
}

function byPlace(a: Finding, b: Finding): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
}
