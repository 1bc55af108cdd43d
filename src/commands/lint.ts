import { relative, sep } from 'node:path'
import { Option } from 'commander'
import { describeRules, lintProject } from '../app/lint.ts'
import { DbsvcError } from '../core/errors/error.ts'
import { ExitCode } from '../core/exit-codes.ts'
import type { RuleInfo } from '../core/lint/rule.ts'
import { countBySeverity, type Severity, severities } from '../core/severity.ts'
import { jsonDocument } from '../output/output.ts'
import { table } from '../output/table.ts'
import { ownVersion } from '../own-version.ts'
import { type CommandContext, defineCommand, examples } from './command.ts'
import { githubLines } from './lint/github.ts'
import { sarifLog } from './lint/sarif.ts'
import { textLines } from './lint/text.ts'
import { collect, count } from './parse.ts'

const formats = ['text', 'github', 'sarif', 'json'] as const

interface Options {
  readonly format: (typeof formats)[number]
  readonly rule?: readonly string[]
  readonly listRules: boolean
  readonly severity: Severity
  readonly maxWarnings?: number
}

export const command = defineCommand<[files: readonly string[]], Options>(
  (lint) => {
    lint
      .argument('[files...]', 'only findings in these migrations and folders (default: all)')
      .addOption(new Option('--format <format>', 'how findings are printed').choices(formats).default('text'))
      .option('--rule <id>', 'only this rule; may be given several times', collect)
      .option('--list-rules', 'print the rules and look at nothing', false)
      .addOption(new Option('--severity <severity>', 'leave findings below it out').choices(severities).default('info'))
      .option('--max-warnings <count>', 'exit with 1 when there are more warnings', count)
    examples(lint, [
      'dbsvc lint',
      'dbsvc lint migrations/postgres/tenant --severity warning --max-warnings 0',
      'dbsvc lint --format github',
      'dbsvc lint --format sarif > dbsvc.sarif',
      'dbsvc lint --list-rules',
    ])
    lint.addHelpText(
      'after',
      '\nExits with 1 when there is an error, or more warnings than --max-warnings. Suppress a finding by a comment above the\n' +
        'statement: -- dbsvc: allow <rule> because <reason>. The rules are explained in docs/lint.md.',
    )
  },
  async (context, [files], options) => {
    const { output, cwd } = context
    if (options.listRules) return listRules(context, options)
    const { format, severity, maxWarnings } = options
    if (output.json && (format === 'sarif' || format === 'github')) {
      throw DbsvcError.of('DBS-1903', { reason: `--json and --format ${format} exclude each other` })
    }
    const { migrations, findings: found } = await lintProject(await context.loadConfig(), {
      files,
      cwd,
      rules: options.rule,
      severity,
    })
    const findings = found.map((finding) => ({ ...finding, file: shownPath(cwd, finding.file) }))
    const rules = await describeRules(options.rule)
    const counts = countBySeverity(findings)
    const document = { findings, counts, migrations }
    output.result('lint/1', document, () => {
      if (format === 'json') return [jsonDocument('lint/1', document)]
      if (format === 'github') return githubLines(findings)
      if (format === 'sarif') return [JSON.stringify(sarifLog(findings, rules, ownVersion()), null, 2)]
      return textLines(findings, migrations)
    })
    const tooMany = maxWarnings !== undefined && counts.warning > maxWarnings
    if (tooMany) output.note(`${counts.warning} warnings, at most ${maxWarnings} are allowed`)
    return counts.error > 0 || tooMany ? ExitCode.Failed : undefined
  },
)

/** Relative to the working directory, as annotations want it; a file elsewhere keeps its whole path. */
function shownPath(cwd: string, file: string): string {
  const path = relative(cwd, file)
  return (path.startsWith('..') ? file : path).split(sep).join('/')
}

async function listRules({ output }: CommandContext, { rule }: Options): Promise<undefined> {
  const rules = await describeRules(rule)
  output.result('lint.rules/1', { rules }, () =>
    table(
      ['rule', 'severity', 'summary'],
      rules.map((info) => [info.id, severityOf(info), info.summary]),
    ),
  )
}

function severityOf({ severity, tenantSeverity }: RuleInfo): string {
  return tenantSeverity === undefined || tenantSeverity === severity
    ? severity
    : `${severity}, tenant: ${tenantSeverity}`
}
