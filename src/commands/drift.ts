import { relative, resolve } from 'node:path'
import { Option } from 'commander'
import { withSession } from '../app/session.ts'
import { findDrift } from '../app/structure/drift.ts'
import type { Against, Drift, DriftGroup, Outlier } from '../app/structure/drift-result.ts'
import { writeFix } from '../app/structure/write-fix.ts'
import { parseCompanyId } from '../core/company/id.ts'
import { type EngineName, ledgerEngine } from '../core/engine.ts'
import { DbsvcError } from '../core/errors/error.ts'
import { ExitCode } from '../core/exit-codes.ts'
import type { ProjectScope } from '../core/migration/scope.ts'
import { type Difference, subjectOf } from '../core/structure/diff.ts'
import { describeObject } from '../core/structure/object.ts'
import { defineCommand, examples } from './command.ts'
import { engineOption } from './migrate/engine.ts'
import { scopeOption } from './migrate/scope.ts'

interface Options {
  readonly scope: ProjectScope
  readonly engine: EngineName
  readonly against?: Against
  readonly tenant?: readonly string[]
  readonly fix?: string
}

// What --json has in full, a screen need not.
const linesPerOutlier = 40
const charactersPerLine = 160
const companiesPerLine = 10

export const command = defineCommand<[], Options>(
  (drift) => {
    drift
      .addOption(scopeOption('companies, or what they share').default('tenant'))
      .addOption(engineOption('in which engine').default('postgres'))
      .addOption(
        new Option(
          '--against <what>',
          'what most companies of a version have, or a fresh build (default: majority; build with --tenant or --scope shared)',
        ).choices(['majority', 'build']),
      )
      .option('--tenant <company>', 'only this company; repeatable', (id: string, others: readonly string[] = []) => [
        ...others,
        parseCompanyId(id),
      ])
      .option('--fix <file>', 'write the migration that would mend it; nothing is run')
    examples(drift, [
      'dbsvc drift',
      'dbsvc drift --against build --tenant company_abc',
      'dbsvc drift --fix migrations/postgres/tenant/0009_mend_drift.sql',
      'dbsvc drift --scope shared --json',
      'dbsvc drift --engine clickhouse',
    ])
  },
  async (context, _args, { scope, engine, tenant: tenants = [], fix, ...options }) => {
    if (scope === 'shared' && (tenants.length > 0 || options.against === 'majority')) {
      throw DbsvcError.of('DBS-1903', { reason: 'the shared scope is one, and is held against a fresh build only' })
    }
    if (engine !== ledgerEngine && (scope === 'shared' || fix !== undefined)) {
      throw DbsvcError.of('DBS-1903', { reason: `--scope shared and --fix are for PostgreSQL, not for ${engine}` })
    }
    const against = options.against ?? (tenants.length > 0 ? 'build' : 'majority')
    const loaded = await context.loadConfig()
    return withSession(loaded, 'drift', async (session) => {
      context.output.note(`looking for drift in ${engine}, by the ledger at ${session.place}`)
      const found = await findDrift(session, { scope, engine, against, tenants, signal: context.signal })
      const file = fix === undefined || found.drifted === 0 ? null : resolve(context.cwd, fix)
      if (file !== null) await writeFix(file, found)
      context.output.result('drift/1', documentOf(found, file), () => [
        ...linesOf(found),
        ...(file === null ? [] : [`written, not run: ${relative(context.cwd, file)}`]),
      ])
      return found.drifted === 0 ? undefined : ExitCode.Failed
    })
  },
)

function documentOf({ groups, ...drift }: Drift, fix: string | null): object {
  return {
    ...drift,
    groups: groups.map(({ expected: _, outliers, ...group }) => ({
      ...group,
      outliers: outliers.map(({ differences, ...outlier }) => ({
        ...outlier,
        differences: differences.map((difference) => {
          const { kind, on, name } = subjectOf(difference)
          const { type, expected, found } = difference
          return { type, kind, on, name, expected: expected?.definition ?? null, found: found?.definition ?? null }
        }),
      })),
    })),
    fix,
  }
}

function linesOf({ groups, targets, drifted, skipped, scope }: Drift): string[] {
  const all = `${targets} ${targets === 1 ? 'company' : 'companies'}`
  const shared = scope === 'shared'
  return [
    ...groups.flatMap((group) => group.outliers.flatMap((outlier) => [...outlierLines(group, outlier), ''])),
    ...skipped.map((company) => `${company} is being created or dropped; not looked at`),
    drifted === 0
      ? `no drift in ${shared ? 'the shared schema' : all}`
      : `${shared ? 'the shared schema has' : `${drifted} of ${all}`} drifted`,
  ]
}

function outlierLines({ version, reference, scope }: DriftGroup, { companies, differences }: Outlier): string[] {
  const names = companies.slice(0, companiesPerLine).join(', ')
  const more = companies.length > companiesPerLine ? ` and ${companies.length - companiesPerLine} more` : ''
  const against = { majority: 'the majority', build: 'a fresh build', 'most frequent': 'the most frequent structure' }
  const lines = differences.flatMap(differenceLines)
  const hidden = lines.length - linesPerOutlier
  return [
    `${scope === 'shared' ? 'shared' : `${names}${more}`} at version ${version ?? '-'}, against ${against[reference]}:`,
    ...lines.slice(0, linesPerOutlier).map((line) => `  ${line}`),
    ...(hidden > 0 ? [`  … and ${hidden} more lines; --json has all`] : []),
  ]
}

function differenceLines(difference: Difference): string[] {
  const text = describeObject(subjectOf(difference))
  const { type, expected, found } = difference
  if (type === 'changed') return [`~ ${text}`, `    expected ${short(expected)}`, `    found    ${short(found)}`]
  const object = type === 'missing' ? expected : found
  return [`${type === 'missing' ? '-' : '+'} ${text} ${short(object)}`.trimEnd()]
}

function short({ definition }: { readonly definition: string }): string {
  const line = definition.replaceAll(/\s+/g, ' ').trim()
  return line.length > charactersPerLine ? `${line.slice(0, charactersPerLine)}…` : line
}
