import type { Finding } from '../../../core/lint/finding.ts'
import { severityIn } from '../../../core/lint/rule.ts'
import type { MigrationFile } from '../../../core/migration/file.ts'
import type { ProjectScope } from '../../../core/migration/scope.ts'
import type { Direction } from '../migration/compile.ts'
import { type LintMigration, readForLint } from './migration.ts'
import { Model } from './model.ts'
import type { Place } from './place.ts'
import type { Issue, Rule } from './rule.ts'
import { rules } from './rules/index.ts'
import { malformed } from './rules/malformed.ts'
import { unusedAllowance } from './rules/unused-allowance.ts'

/** What a rule found, before allowances. */
interface Raised {
  readonly rule: Rule
  readonly issue: Issue
  readonly migration: LintMigration
  readonly place: Place | undefined
}

/**
 * Looks at one scope's migrations, in the order they are applied. A file that cannot be compiled is a finding and no error.
 * Suppressed is what an operation, or the file, allows with a reason: `"allow": {"<rule>": "<reason>"}`.
 */
export async function lintArango(
  folder: readonly MigrationFile[],
  scope: ProjectScope,
  chosen: readonly Rule[] = rules,
): Promise<Finding[]> {
  const applicable = chosen.filter(({ scopes }) => scopes?.includes(scope) ?? true)
  const migrations = await readForLint(folder, scope)
  const model = new Model(scope)
  const raised = migrations.flatMap((migration) => lintMigration(model, migration, applicable))
  for (const rule of applicable) {
    for (const issue of rule.scope?.(model) ?? []) {
      if (issue.at !== undefined) raised.push({ rule, issue, migration: issue.at.migration, place: issue.at })
    }
  }
  return migrations.flatMap((migration) => {
    const own = raised.filter((one) => one.migration === migration)
    return withAllowances(migration, own, applicable)
      .map(toFinding)
      .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))
  })
}

function lintMigration(model: Model, migration: LintMigration, applicable: readonly Rule[]): Raised[] {
  const raised: Raised[] = []
  const raise = (rule: Rule, issues: Iterable<Issue> | undefined, place?: Place): void => {
    for (const issue of issues ?? []) raised.push({ rule, issue, migration, place: issue.at ?? place })
  }
  if (migration.fault !== null && applicable.includes(malformed)) raise(malformed, [{ message: migration.fault }])
  for (const place of placesOf(migration, 'up')) {
    for (const rule of applicable) raise(rule, rule.operation?.(place, model), place)
    model.apply(place)
  }
  for (const rule of applicable) raise(rule, rule.migration?.(migration, model))
  return raised
}

const placesOf = (migration: LintMigration, direction: Direction): Place[] =>
  migration[direction].map((defined) => ({ migration, direction, defined }))

/** Takes out what is allowed; adds the allowances that allow nothing. */
function withAllowances(migration: LintMigration, raised: readonly Raised[], applicable: readonly Rule[]): Raised[] {
  const left = raised.filter(({ rule, place }) => !isAllowed(rule, migration.allow, place))
  if (!applicable.includes(unusedAllowance)) return left
  const places = [...placesOf(migration, 'up'), ...placesOf(migration, 'down')]
  const complaints = [
    ...unused(migration.allow, raised, applicable).map((message) => ({ issue: { message }, place: undefined })),
    ...places.flatMap((place) => {
      const own = raised.filter((one) => one.place?.defined === place.defined)
      return unused(place.defined.allow, own, applicable).map((message) => ({ issue: { message }, place }))
    }),
  ]
  return [...left, ...complaints.map((one) => ({ ...one, rule: unusedAllowance, migration }))]
}

function isAllowed(rule: Rule, ofFile: LintMigration['allow'], place: Place | undefined): boolean {
  return Object.hasOwn(ofFile, rule.id) || Object.hasOwn(place?.defined.allow ?? {}, rule.id)
}

function unused(allow: LintMigration['allow'], raised: readonly Raised[], applicable: readonly Rule[]): string[] {
  return Object.keys(allow).flatMap((id) => {
    if (!rules.some((rule) => rule.id === id)) return [`there is no rule ${id}`]
    // One that was not asked for may well find something.
    const wasAsked = applicable.some((rule) => rule.id === id)
    return wasAsked && !raised.some(({ rule }) => rule.id === id) ? [`nothing here is found by ${id}`] : []
  })
}

function toFinding({ rule, issue, migration, place }: Raised): Finding {
  return {
    rule: rule.id,
    severity: severityIn(rule, migration.scope),
    message: issue.message,
    mend: rule.mend,
    scope: migration.scope,
    migration: migration.name,
    direction: place?.direction ?? 'up',
    file: migration.path,
    line: place?.defined.line ?? null,
    column: null,
    sql:
      place === undefined ? null : `${place.defined.operation.name} ${JSON.stringify(place.defined.operation.asked)}`,
  }
}
